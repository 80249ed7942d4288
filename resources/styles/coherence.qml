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
    <rasterrenderer opacity="1" alphaBand="-1" band="1" classificationMax="1" nodataColor="" type="singlebandpseudocolor" classificationMin="0">
      <minMaxOrigin>
        <limits>None</limits>
        <extent>WholeRaster</extent>
        <statAccuracy>Estimated</statAccuracy>
        <cumulativeCutLower>0.02</cumulativeCutLower>
        <cumulativeCutUpper>0.98</cumulativeCutUpper>
        <stdDevFactor>2</stdDevFactor>
      </minMaxOrigin>
      <rastershader>
        <colorrampshader clip="0" maximumValue="1" labelPrecision="6" colorRampType="INTERPOLATED" minimumValue="0" classificationMode="1">
          <colorramp name="[source]" type="gradient">
            <Option type="Map">
              <Option value="68,1,84,255" name="color1" type="QString"/>
              <Option value="253,231,37,255" name="color2" type="QString"/>
              <Option value="0" name="discrete" type="QString"/>
              <Option value="gradient" name="rampType" type="QString"/>
              <Option value="0.2;65,68,135,255:0.4;42,120,142,255:0.6;34,168,132,255:0.8;122,209,81,255" name="stops" type="QString"/>
            </Option>
            <prop k="color1" v="68,1,84,255"/>
            <prop k="color2" v="253,231,37,255"/>
            <prop k="discrete" v="0"/>
            <prop k="rampType" v="gradient"/>
            <prop k="stops" v="0.2;65,68,135,255:0.4;42,120,142,255:0.6;34,168,132,255:0.8;122,209,81,255"/>
          </colorramp>
          <item value="0" color="#440154" label="0" alpha="255"/>
          <item value="0.2" color="#414487" label="0.2" alpha="255"/>
          <item value="0.4" color="#2a788e" label="0.4" alpha="255"/>
          <item value="0.6" color="#22a884" label="0.6" alpha="255"/>
          <item value="0.8" color="#7ad151" label="0.8" alpha="255"/>
          <item value="1" color="#fde725" label="1" alpha="255"/>
          <rampLegendSettings useContinuousLegend="1" prefix="" suffix="" minimumLabel="" maximumLabel="" direction="0" orientation="2">
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
