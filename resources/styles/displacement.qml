<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.22.16-Białowieża" styleCategories="Symbology">
  <pipe-data-defined-properties>
    <Option type="Map">
      <Option value="" name="name" type="QString"/>
      <Option name="properties"/>
      <Option value="collection" name="type" type="QString"/>
    </Option>
  </pipe-data-defined-properties>
  <pipe>
    <provider>
      <resampling zoomedInResamplingMethod="nearestNeighbour" maxOversampling="2" zoomedOutResamplingMethod="nearestNeighbour" enabled="false"/>
    </provider>
    <rasterrenderer opacity="1" alphaBand="-1" band="1" classificationMax="100" nodataColor="" type="singlebandpseudocolor" classificationMin="-100">
      <minMaxOrigin>
        <limits>None</limits>
        <extent>WholeRaster</extent>
        <statAccuracy>Estimated</statAccuracy>
        <cumulativeCutLower>0.02</cumulativeCutLower>
        <cumulativeCutUpper>0.98</cumulativeCutUpper>
        <stdDevFactor>2</stdDevFactor>
      </minMaxOrigin>
      <rastershader>
        <colorrampshader clip="0" maximumValue="100" labelPrecision="6" colorRampType="INTERPOLATED" minimumValue="-100" classificationMode="1">
          <colorramp name="[source]" type="gradient">
            <Option type="Map">
              <Option value="103,0,31,255" name="color1" type="QString"/>
              <Option value="5,48,97,255" name="color2" type="QString"/>
              <Option value="0" name="discrete" type="QString"/>
              <Option value="gradient" name="rampType" type="QString"/>
              <Option value="0.1;178,24,43,255:0.2;214,96,77,255:0.3;244,165,130,255:0.4;253,219,199,255:0.5;247,247,247,255:0.6;209,229,240,255:0.7;146,197,222,255:0.8;67,147,195,255:0.9;33,102,172,255" name="stops" type="QString"/>
            </Option>
            <prop k="color1" v="103,0,31,255"/>
            <prop k="color2" v="5,48,97,255"/>
            <prop k="discrete" v="0"/>
            <prop k="rampType" v="gradient"/>
            <prop k="stops" v="0.1;178,24,43,255:0.2;214,96,77,255:0.3;244,165,130,255:0.4;253,219,199,255:0.5;247,247,247,255:0.6;209,229,240,255:0.7;146,197,222,255:0.8;67,147,195,255:0.9;33,102,172,255"/>
          </colorramp>
          <item value="-100" color="#67001f" label="-100 mm" alpha="255"/>
          <item value="-80" color="#b2182b" label="-80 mm" alpha="255"/>
          <item value="-60" color="#d6604d" label="-60 mm" alpha="255"/>
          <item value="-40" color="#f4a582" label="-40 mm" alpha="255"/>
          <item value="-20" color="#fddbc7" label="-20 mm" alpha="255"/>
          <item value="0" color="#f7f7f7" label="0 mm" alpha="255"/>
          <item value="20" color="#d1e5f0" label="20 mm" alpha="255"/>
          <item value="40" color="#92c5de" label="40 mm" alpha="255"/>
          <item value="60" color="#4393c3" label="60 mm" alpha="255"/>
          <item value="80" color="#2166ac" label="80 mm" alpha="255"/>
          <item value="100" color="#053061" label="100 mm" alpha="255"/>
          <rampLegendSettings useContinuousLegend="1" prefix="" suffix=" mm" minimumLabel="" maximumLabel="" direction="0" orientation="2">
            <numericFormat id="basic">
              <Option type="Map">
                <Option value="" name="decimal_separator" type="QChar"/>
                <Option value="6" name="decimals" type="int"/>
                <Option value="0" name="rounding_type" type="int"/>
                <Option value="false" name="show_plus" type="bool"/>
                <Option value="true" name="show_thousand_separator" type="bool"/>
                <Option value="false" name="show_trailing_zeros" type="bool"/>
                <Option value="" name="thousand_separator" type="QChar"/>
              </Option>
            </numericFormat>
          </rampLegendSettings>
        </colorrampshader>
      </rastershader>
    </rasterrenderer>
    <brightnesscontrast gamma="1" brightness="0" contrast="0"/>
    <huesaturation colorizeGreen="128" colorizeBlue="128" saturation="0" colorizeOn="0" colorizeRed="255" grayscaleMode="0" invertColors="0" colorizeStrength="100"/>
    <rasterresampler maxOversampling="2"/>
    <resamplingStage>resamplingFilter</resamplingStage>
  </pipe>
  <blendMode>0</blendMode>
</qgis>
