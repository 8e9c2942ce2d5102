/* Charts are drawn from the table beside them: the table is the source, the chart a view of it.
   <div class="kc-chart" data-kc-table="ID" data-kc-opts='{"cols":[1,2],"unit":"%"}' role="img" aria-label="…">
   Options: kind line|bar, cols, names, unit, min, max, yname, right, nudge, sparse (columns of few points), dash,
   lines [{y, from, to, text}], bands [{from, to, text}], open (words behind the value of a hollow point). A cell with data-open is drawn hollow and joined to nothing.
   Tooltips are drawn on the canvas, so a strict content security policy holds. Without script or library the table stays. */
(function () {
  "use strict";
  var boxes = document.querySelectorAll("[data-kc-table]");
  function hide(box) { box.classList.add("off"); }
  if (!window.echarts) { boxes.forEach(hide); return; }
  var INK = "#1F2933", INK2 = "#4A5866", GRID = "#E8ECF1", AXIS = "#8593A3";
  var RAMP = ["#1B4F8F", "#5B8FC2", "#7B8794", "#9CC1DC", "#123B66"];
  var FONT = getComputedStyle(document.body).fontFamily;
  var SCALE = parseFloat(getComputedStyle(document.documentElement).fontSize) / 17;
  function size(px) { return Math.round(px * SCALE); }
  function text(px, colour) { return { color: colour || INK, fontFamily: FONT, fontSize: size(px) }; }
  function cellValue(cell) {
    var raw = cell.dataset.v !== undefined ? cell.dataset.v : cell.textContent;
    raw = raw.replace(/[,\s%]/g, "").replace("\u2212", "-");
    return raw === "" || isNaN(raw) ? null : Number(raw);
  }
  function readTable(table, options) {
    var heads = Array.from(table.tHead.rows[0].cells, function (c) { return c.dataset.name || c.textContent.trim(); });
    var rows = Array.from(table.tBodies[0].rows).filter(function (r) { return !r.classList.contains("grp"); });
    var cols = options.cols || heads.map(function (_, i) { return i; }).slice(1);
    return { heads: heads, rows: rows, cols: cols, x: rows.map(function (r) { return r.cells[0].textContent.trim(); }) };
  }
  function lineSeries(data, options, narrow) {
    return data.cols.map(function (col, k) {
      var solid = [], open = [], few = (options.sparse || []).indexOf(col) >= 0;
      data.rows.forEach(function (row) {
        var cell = row.cells[col], value = cell ? cellValue(cell) : null;
        var hollow = cell && cell.dataset.open !== undefined;
        solid.push(hollow ? null : value);
        open.push(hollow ? value : null);
      });
      var name = (options.names || [])[k] || data.heads[col], colour = RAMP[k % RAMP.length];
      var main = {
        name: name, type: "line", data: solid, connectNulls: few, color: colour, z: k === 0 ? 5 : 2,
        symbol: k === 0 ? "circle" : (k === 1 ? "rect" : "triangle"), symbolSize: few ? 10 : 5, showAllSymbol: true,
        lineStyle: { width: k === 0 ? 3 : 2, type: (options.dash || []).indexOf(col) >= 0 ? [6, 4] : "solid" },
        label: few ? Object.assign({ show: true, position: "top", distance: 8, formatter: function (p) { return p.value + (options.unit || ""); } }, text(13)) : { show: false },
        endLabel: Object.assign({ show: !narrow, formatter: "{a}", offset: [0, (options.nudge || [])[k] || 0] }, text(13)),
        labelLayout: { hideOverlap: true }
      };
      if (k === 0 && options.lines) {
        main.markLine = {
          silent: true, symbol: "none", lineStyle: { color: INK, type: [2, 3], width: 1.5 },
          data: options.lines.map(function (l) {
            return [{ coord: [l.from || data.x[0], l.y], label: Object.assign({ show: true, formatter: l.text, position: "insideStartTop" }, text(12)) },
              { coord: [l.to || data.x[data.x.length - 1], l.y] }];
          })
        };
      }
      if (k === 0 && options.bands) {
        main.markArea = {
          silent: true, itemStyle: { color: "rgba(110,68,0,.08)" }, label: Object.assign({ show: !narrow, position: "insideBottom" }, text(12, INK2)),
          data: options.bands.map(function (b) { return [{ name: b.text, xAxis: b.from }, { xAxis: b.to }]; })
        };
      }
      var made = [main];
      if (open.some(function (v) { return v !== null; })) {
        made.push({ name: name, type: "scatter", data: open, symbol: "emptyCircle", symbolSize: 11, z: 6, itemStyle: { color: colour, borderWidth: 2 },
          label: Object.assign({ show: true, position: "top", distance: 8, formatter: function (p) { return p.value + (options.unit || "") + (options.open || ""); } }, text(13)), labelLayout: { moveOverlap: "shiftY" } });
      }
      return made;
    }).reduce(function (all, part) { return all.concat(part); }, []);
  }
  function barSeries(data, options) {
    return data.cols.map(function (col, k) {
      return {
        name: (options.names || [])[k] || data.heads[col], type: "bar", barMaxWidth: 26, color: data.cols.length > 1 ? RAMP[k] : RAMP[3],
        data: data.rows.map(function (row) {
          var value = cellValue(row.cells[col]);
          return row.classList.contains("sel") ? { value: value, itemStyle: { color: RAMP[0] } } : value;
        }),
        label: Object.assign({ show: data.cols.length === 1, position: options.flip ? "right" : "top" }, text(12))
      };
    });
  }
  function draw(box) {
    var table = document.getElementById(box.dataset.kcTable), options = JSON.parse(box.dataset.kcOpts || "{}");
    if (!table || !table.tHead || !table.tBodies.length) { hide(box); return; }
    var data = readTable(table, options), narrow = box.clientWidth < 480, bar = options.kind === "bar";
    var category = { type: "category", data: data.x, boundaryGap: bar, inverse: !!options.flip, axisLine: { lineStyle: { color: AXIS } }, axisTick: { show: false }, axisLabel: Object.assign({ hideOverlap: true }, text(13, INK2)) };
    var value = { type: "value", name: options.yname || "", nameTextStyle: Object.assign({ align: "left" }, text(13, INK2)), min: options.min, max: options.max, scale: !bar, splitLine: { lineStyle: { color: GRID } }, axisLabel: text(13, INK2) };
    var chart = window.echarts.init(box, null, { renderer: "canvas" });
    chart.setOption({
      animation: false, aria: { enabled: false }, textStyle: { fontFamily: FONT },
      grid: { left: 8, right: narrow ? 14 : (options.right || (bar ? 40 : 92)) * SCALE, top: narrow ? 64 : 36, bottom: 8, containLabel: true },
      legend: { show: (narrow || bar) && data.cols.length > 1, top: 0, left: 0, itemWidth: 18, itemHeight: 8, textStyle: text(13) },
      tooltip: { trigger: "axis", confine: true, renderMode: "richText", textStyle: text(13) },
      xAxis: options.flip ? value : category, yAxis: options.flip ? category : value,
      series: bar ? barSeries(data, options) : lineSeries(data, options, narrow)
    });
    window.addEventListener("resize", function () { chart.resize(); });
  }
  boxes.forEach(function (box) {
    try { draw(box); } catch (error) { hide(box); }
  });
}());
