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
    <rasterrenderer opacity="1" alphaBand="-1" band="1" classificationMax="3.14159265" nodataColor="" type="singlebandpseudocolor" classificationMin="-3.14159265">
      <minMaxOrigin>
        <limits>None</limits>
        <extent>WholeRaster</extent>
        <statAccuracy>Estimated</statAccuracy>
        <cumulativeCutLower>0.02</cumulativeCutLower>
        <cumulativeCutUpper>0.98</cumulativeCutUpper>
        <stdDevFactor>2</stdDevFactor>
      </minMaxOrigin>
      <rastershader>
        <colorrampshader clip="0" maximumValue="3.14159265" labelPrecision="6" colorRampType="INTERPOLATED" minimumValue="-3.14159265" classificationMode="1">
          <colorramp name="[source]" type="gradient">
            <Option type="Map">
              <Option value="47,181,196,255" name="color1" type="QString"/>
              <Option value="47,181,196,255" name="color2" type="QString"/>
              <Option value="0" name="discrete" type="QString"/>
              <Option value="gradient" name="rampType" type="QString"/>
              <Option value="0.25;106,79,182,255:0.5;214,69,127,255:0.75;242,193,78,255" name="stops" type="QString"/>
            </Option>
            <prop k="color1" v="47,181,196,255"/>
            <prop k="color2" v="47,181,196,255"/>
            <prop k="discrete" v="0"/>
            <prop k="rampType" v="gradient"/>
            <prop k="stops" v="0.25;106,79,182,255:0.5;214,69,127,255:0.75;242,193,78,255"/>
          </colorramp>
          <item value="-3.14159265" color="#2fb5c4" label="−π" alpha="255"/>
          <item value="-1.57079633" color="#6a4fb6" label="−π/2" alpha="255"/>
          <item value="0" color="#d6457f" label="0" alpha="255"/>
          <item value="1.57079633" color="#f2c14e" label="π/2" alpha="255"/>
          <item value="3.14159265" color="#2fb5c4" label="π rad" alpha="255"/>
          <rampLegendSettings useContinuousLegend="1" prefix="" suffix="" minimumLabel="−π" maximumLabel="π rad" direction="0" orientation="2">
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
