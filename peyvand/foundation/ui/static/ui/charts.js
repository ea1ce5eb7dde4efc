// Pictures from plain data (see ui/charts.py). Axes run left to right; labels in the reader's digits; colours from the tokens.
(() => {
  const { persian, digits, number } = window.peyvand;
  const root = document.documentElement;
  const token = name => getComputedStyle(root).getPropertyValue(`--pv-${name}`).trim();
  const isolate = text => `${persian ? '\u2067' : '\u2068'}${text}\u2069`;      // a canvas has no dir; in English a name has its own
  const percent = value => persian ? isolate(`\u061c${number(value)}٪`) : `${number(value)}%`;  // U+061C keeps ٪ on the left of the number
  const shown = (value, format) => value === null || value === undefined ? '–' : format === 'percent' ? percent(value) : format === 'text' ? isolate(value) : number(value);
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const drawn = new Map();
  const pen = document.createElement('canvas').getContext('2d');
  const wide = (text, font) => { pen.font = `${font.fontWeight || 400} ${font.fontSize}px ${font.fontFamily}`; return pen.measureText(text).width; };
  const clipped = (text, room, font, more = false) => {
    let kept = text;
    while (kept.length > 1 && wide(more ? `${kept}…` : kept, font) > room) { kept = kept.slice(0, -1); more = true; }
    return more ? `${kept.trimEnd()}…` : kept;
  };
  // The words of a label under its bar, in at most three lines; what does not fit ends in an ellipsis.
  const lines = (text, room, font) => {
    const found = [];
    for (const word of text.split(' ')) {
      const joined = found.length ? `${found.at(-1)} ${word}` : word;
      if (found.length && wide(joined, font) <= room) found[found.length - 1] = joined; else found.push(word);
    }
    return found.slice(0, 3).map((line, at) => clipped(line, room, font, at === 2 && found.length > 3));
  };
  // Names under bars are all shown, broken into lines, where there is room for a few letters; else some are left out.
  const under = (spec, font, width, hidden) => {
    const labels = spec.x.labels.map(label => digits(label)), room = (width - (hidden ? 32 : 84)) / labels.length - 6;
    if (spec.kind !== 'bar' || !labels.length) return {};
    const broken = labels.map(label => lines(label, room, font)), cut = broken.some(rows => rows.join('').includes('…'));
    const fits = broken.every(rows => rows.length < 2) && !cut, named = labels.some(label => /\p{L}{2}/u.test(label)), dated = labels.every(label => /[\d۰-۹]{4}$/.test(label));
    if (!fits && (!named || (dated && cut))) return {};
    if (!fits && (room < 38 || labels.length > 12)) return labels.length > 16 ? {} : { nameGap: 28 + 66, axisLabel: { ...font, interval: 0, rotate: 52, formatter: value => isolate(clipped(digits(value), 84, font)) } };
    const most = Math.max(...broken.map(rows => rows.length));
    return { nameGap: 28 + 15 * (most - 1), axisLabel: { ...font, interval: 0, lineHeight: 15, formatter: (value, at) => broken[at].map(isolate).join('\n') } };
  };

  const axis = (spec, font) => ({
    name: isolate(spec.label), nameLocation: 'middle', nameGap: 28, nameTextStyle: font, show: !spec.hidden,
    axisLabel: { ...font, hideOverlap: true, formatter: spec.labels.length ? value => isolate(digits(value)) : value => shown(value, spec.format) },
    axisLine: { show: false }, axisTick: { show: false }, splitLine: { lineStyle: { color: token('line') } },
    ...(spec.max === null ? {} : { max: spec.max, interval: spec.max / 4 }),
  });
  const ofLine = (series, font, spec) => {
    const colour = token(series.tone);
    const main = {
      // One point alone makes no line, so it is drawn.
      type: 'line', name: series.label, data: series.values, smooth: series.smooth ? .25 : false, showSymbol: series.values.filter(value => value !== null).length === 1, symbolSize: 7, connectNulls: false,
      lineStyle: { width: series.dashed ? 1.4 : 2.4, color: colour, type: series.dashed ? [4, 5] : 'solid' }, itemStyle: { color: colour },
      ...(series.area ? { areaStyle: { color: colour, opacity: .1 } } : {}),
      ...(spec.series.filter(one => !one.dashed).length > 1 && !series.dashed ? { endLabel: { show: true, formatter: isolate(series.label), color: colour, fontFamily: font.fontFamily, fontSize: 12, fontWeight: 600 } } : {}),
      emphasis: { disabled: series.dashed },
    };
    if (!series.low.length) return [main];
    const band = { type: 'line', stack: `band-${series.label}`, silent: true, showSymbol: false, lineStyle: { opacity: 0 }, tooltip: { show: false } };
    return [{ ...band, data: series.low }, { ...band, data: series.high.map((high, at) => high - series.low[at]), areaStyle: { color: colour, opacity: .14 } }, main];
  };
  const ofBar = (series, font, spec) => [{
    type: 'bar', name: series.label, ...(spec.stacked ? { stack: 'all' } : {}), barCategoryGap: '22%', barMaxWidth: 46,
    data: series.values.map((value, at) => ({ value, itemStyle: { color: token(series.tones[at] || series.tone), borderRadius: [4, 4, 0, 0] } })),
    label: { show: spec.series.length === 1 && series.values.length <= 16, position: 'top', ...font, fontSize: 11, color: token('text-2'), formatter: point => shown(Math.abs(point.value) >= 100 ? Math.round(point.value) : point.value, spec.y.format) },
    labelLayout: { hideOverlap: true },
    cursor: spec.links.length ? 'pointer' : 'default',
  }];
  const marks = (spec, tone) => spec.marks.length ? {
    markPoint: { symbol: 'circle', symbolSize: 11, itemStyle: { color: token(tone), borderColor: token('surface'), borderWidth: 2 },
      data: spec.marks.map(mark => ({ coord: [mark.x, mark.y], name: mark.label })),
      label: { show: true, position: 'right', distance: 12, offset: [0, 14], formatter: point => isolate(point.name), color: token('text'), fontFamily: 'Vazirmatn', fontSize: 13, fontWeight: 600 } },
    markLine: { silent: true, symbol: 'none', label: { show: false }, lineStyle: { color: token(tone), type: [3, 4], opacity: .7 }, data: spec.marks.flatMap(mark => [[{ coord: [mark.x, 0] }, { coord: [mark.x, mark.y] }], [{ coord: [0, mark.y] }, { coord: [mark.x, mark.y] }]]) },
  } : {};
  const options = (spec, width) => {
    const font = { fontFamily: persian ? 'Vazirmatn' : 'Vazirmatn Latin, Vazirmatn', fontSize: 12, color: token('text-3') };
    const bars = spec.kind === 'bar', labelled = bars && spec.series.length === 1 && spec.series[0].values.length <= 16;
    const series = spec.series.flatMap(one => bars ? ofBar(one, font, spec) : ofLine(one, font, spec));
    if (series.length && spec.series.length) { const first = series.findIndex(one => one.name === spec.series[0].label); Object.assign(series[first], marks(spec, spec.series[0].tone)); }
    const category = spec.x.labels.length > 0, hidden = spec.y.hidden || labelled;
    const named = bars ? [] : spec.series.filter(one => !one.dashed);
    const ends = named.length > 1 ? Math.min(width * .32, 14 + Math.max(...named.map(one => wide(one.label, { ...font, fontWeight: 600 })))) : 18;
    // Half of the last name on the axis reaches beyond the last point.
    const beyond = category ? wide(digits(spec.x.labels.at(-1)), font) / 2 - (bars ? width / spec.x.labels.length / 2 - 8 : -4) : 0;
    return {
      animation: !still.matches, animationDuration: still.matches ? 0 : 300, textStyle: font, aria: { enabled: false },
      grid: { left: hidden ? 14 : 10, right: Math.max(ends, beyond), top: spec.y.label && !spec.y.hidden ? (labelled ? 46 : 36) : labelled ? 24 : 16, bottom: spec.x.label ? 40 : 12, outerBoundsMode: 'auto', outerBounds: { left: 6, right: 2, top: 2, bottom: spec.x.label ? 40 : 12 }, outerBoundsContain: 'axisLabel' },
      tooltip: { trigger: 'axis', confine: true, axisPointer: { type: bars ? 'none' : 'line', lineStyle: { color: token('line-2') } }, backgroundColor: token('surface'), borderColor: token('line'), padding: [7, 11],
        textStyle: { ...font, color: token('text'), fontSize: 12.5 }, extraCssText: `direction:${persian ? 'rtl' : 'ltr'};border-radius:10px;box-shadow:${token('shadow-2')}`, renderMode: 'richText',
        formatter: points => { const seen = points.filter(point => point.seriesName && !/^series/.test(point.seriesName)); const at = points[0]; return [category ? isolate(digits(at.name)) : shown(at.value[0], spec.x.format), ...seen.map(point => isolate(`${digits(point.seriesName)}: ${shown(Array.isArray(point.value) ? point.value[1] : point.value, spec.y.format)}${spec.unit ? ` ${spec.unit}` : ''}`))].join('\n'); } },
      xAxis: { ...axis(spec.x, font), ...(category ? under(spec, font, width, hidden) : {}), ...(spec.x.max === null ? {} : { interval: spec.x.max / 5 }), type: category ? 'category' : 'value', ...(category ? { data: spec.x.labels, boundaryGap: bars } : {}), splitLine: { show: false } },
      yAxis: { ...axis(spec.y, font), nameLocation: 'end', nameGap: labelled ? 24 : 12, nameTextStyle: { ...font, align: 'left' }, type: 'value', min: found => Math.min(0, found.min), show: !spec.y.hidden, splitNumber: 4,
        ...(labelled ? { axisLabel: { show: false }, splitLine: { show: false } } : {}) },
      series,
    };
  };
  // Names at the ends of lines that come near one another are moved apart, down and, at the bottom, up: the library
  // moves other labels but not these.
  const APART = 15;
  const show = (made, spec, width) => {
    made.setOption(options(spec, width), true);
    const named = spec.kind === 'bar' ? [] : spec.series.filter(one => !one.dashed && one.values.some(value => value !== null));
    if (named.length < 2) return;
    const end = values => [values.findLast(value => value !== null && value !== undefined)].flat().at(-1);
    const height = value => made.convertToPixel({ yAxisIndex: 0 }, value);
    const heights = named.map(one => height(end(one.values)));
    const order = named.map((_one, at) => at).sort((one, other) => heights[one] - heights[other]);
    const places = order.map(at => heights[at]), floor = height(Math.min(0, ...named.map(one => end(one.values))));
    for (let at = 1; at < places.length; at += 1) places[at] = Math.max(places[at], places[at - 1] + APART);
    places[places.length - 1] = Math.min(places.at(-1), floor - 6);
    for (let at = places.length - 2; at >= 0; at -= 1) places[at] = Math.min(places[at], places[at + 1] - APART);
    made.setOption({ series: order.map((one, at) => ({ name: named[one].label, endLabel: { offset: [0, places[at] - heights[one]] } })) });
  };
  const draw = element => {
    const source = document.getElementById(element.dataset.chart);
    if (!source || element.hidden) return;
    const spec = JSON.parse(source.textContent);
    let made = drawn.get(element);
    if (!made) {
      made = window.echarts.init(element, null, { renderer: 'canvas' });
      drawn.set(element, made);
      if (spec.links.length) made.on('click', point => { const url = spec.links[point.dataIndex]; if (url) location.href = url; });
      let last = element.clientWidth;
      new ResizeObserver(() => {
        if (!element.isConnected || !element.clientWidth) return;
        made.resize({ animation: { duration: 0 } });
        if (element.clientWidth !== last) { last = element.clientWidth; show(made, spec, last); }
      }).observe(element);
    }
    show(made, spec, element.clientWidth);
  };
  const drawAll = () => {
    for (const [element, made] of drawn) if (!element.isConnected) { made.dispose(); drawn.delete(element); }
    (document.fonts ? document.fonts.load('13px Vazirmatn') : Promise.resolve()).then(() => document.querySelectorAll('[data-chart]').forEach(element => { if (!drawn.has(element)) draw(element); }));
  };
  addEventListener('pv-theme', () => [...drawn.keys()].forEach(draw));
  window.peyvandCharts = {
    drawAll,
    picture: async element => {
      const url = drawn.get(element).getDataURL({ type: 'png', pixelRatio: 2, backgroundColor: token('surface') });
      const [head, body] = url.split(','), bytes = Uint8Array.from(atob(body), letter => letter.charCodeAt(0));
      return new Blob([bytes], { type: head.slice(5, head.indexOf(';')) });
    },
  };
})();
