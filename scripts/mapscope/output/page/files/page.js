// Draws what the controls ask for. All numbers are those of run.json; only a ratio to a chosen map is
// worked out here: the median, over the rounds that both have, of the ratios inside each round.
"use strict";

const unpack = async () => {
  const bytes = Uint8Array.from(atob(document.getElementById("packed").textContent), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
};
const unique = (values) => [...new Set(values)];
const fixed = (value) => {
  if (value === null || value === undefined) return "-";
  const size = Math.abs(value);
  return size >= 1e5 ? value.toLocaleString("en", { maximumFractionDigits: 0 }) : size >= 100 ? value.toFixed(1) : size >= 1 ? value.toFixed(3) : value.toPrecision(3);
};
const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};
const fill = (select, options, chosen) => {
  const kept = chosen ?? select.value;
  select.replaceChildren(...options.map(([value, text]) => new Option(text ?? value, value)));
  if (options.some(([value]) => String(value) === String(kept))) select.value = kept;
};

// ---- what is shown

const rowsOf = (data, c) => data.rows.filter((r) => r.run === +c.run && r.workload === c.workload && r.kv === c.kv && r.hash === c.hash);

const figureOf = (row, metric, base) => {
  if (metric !== "ns") {
    const cell = row.counters[metric];
    if (!cell) return { value: null, reason: "not counted in this run" };
    const [value, reason] = cell;
    if (!base) return { value, reason };
    const other = base.counters[metric];
    if (value === null || !other || other[0] === null) return { value: null, reason: reason ?? "the base has none" };
    return other[0] > 0 ? { value: value / other[0] } : { value: null, reason: "the base is 0" };
  }
  if (!base) return { value: row.median, low: row.q1, high: row.q3 };
  if (base.map === row.best) return { value: row.ratio_to_best, low: row.ratio_low, high: row.ratio_high };
  const ratios = row.rounds.map((ns, i) => (ns === null || (base.rounds[i] ?? null) === null ? null : ns / base.rounds[i])).filter((x) => x !== null);
  if (!ratios.length) return { value: null, reason: "no round in common with the base" };
  return { value: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios) };
};

const baseOf = (rows, row, relative, metric) => {
  if (relative === "absolute") return null;
  const peers = rows.filter((other) => other.n === row.n);
  if (relative !== "fastest") return peers.find((other) => other.map === relative);
  if (metric === "ns") return peers.find((other) => other.map === row.best);
  const counted = peers.filter((other) => other.counters[metric] && other.counters[metric][0] !== null);
  return counted.length ? counted.reduce((a, b) => (a.counters[metric][0] <= b.counters[metric][0] ? a : b)) : undefined;
};

const cacheOf = (data, c) => data.caches[+c.run].find((cache) => cache.name === c.axis);

const shown = (data, c, maps) => {
  const rows = rowsOf(data, c);
  return rows
    .filter((row) => maps.includes(row.map) && row.n >= +c.from && row.n <= +c.to)
    .map((row) => {
      const base = baseOf(rows, row, c.relative, c.metric);
      const figure = base === undefined ? { value: null, reason: "the base has no trustworthy row" } : figureOf(row, c.metric, base);
      const x = c.axis === "n" ? row.n : (row.n * row.payload_bytes) / cacheOf(data, c).bytes;
      return { map: row.map, n: row.n, bytes: row.n * row.payload_bytes, x, ...figure, spread: figure.low == null ? "" : `${fixed(figure.low)} to ${fixed(figure.high)}` };
    })
    .sort((a, b) => data.maps.indexOf(a.map) - data.maps.indexOf(b.map) || a.n - b.n);
};

// ---- how it is drawn (Vega-Lite)

const CONFIG = {
  background: "transparent",
  font: 'system-ui, "DejaVu Sans", sans-serif',
  axis: { labelColor: "currentColor", titleColor: "currentColor", domainColor: "currentColor", tickColor: "currentColor", gridColor: "currentColor", gridOpacity: 0.13, labelFontSize: 12, titleFontSize: 12, titleFontWeight: "normal", labelOverlap: "greedy" },
  view: { stroke: null },
};
const narrow = () => document.documentElement.clientWidth < 500;
const ZOOM = { name: "zoom", select: { type: "interval", zoom: "wheel![event.ctrlKey]" }, bind: "scales" };

const lookScales = (data) => ({
  color: { field: "map", type: "nominal", legend: null, scale: { domain: data.maps, range: data.maps.map((m) => data.looks[m].colour) } },
  shape: { field: "map", type: "nominal", legend: null, scale: { domain: data.maps, range: data.maps.map((m) => data.looks[m].shape) } },
  strokeDash: { field: "map", type: "nominal", legend: null, scale: { domain: data.maps, range: data.maps.map((m) => data.looks[m].dash) } },
});

/** Of one round there is none, and a layer without any has no extent. */
const hasInterval = (point) => point.low != null && point.high != null;

/** The data caches that keys and values alone would fill, by where they end on the x axis; TLBs are no regions. */
const regionsOf = (data, c, points) => {
  const xs = points.map((p) => p.x), low = Math.min(...xs), high = Math.max(...xs);
  const bytes = median(points.map((p) => p.bytes / p.x));
  const caches = data.caches[+c.run].filter((cache) => /^L\d$/.test(cache.name));
  const ends = [...caches.map((cache) => cache.bytes / bytes), Infinity], names = caches.length ? [...caches.map((cache) => cache.name), "memory"] : [];
  return names
    .map((name, i) => ({ name, begin: Math.max(low, i ? ends[i - 1] : 0), end: Math.min(high, ends[i]), isCut: ends[i] < high }))
    .filter((region) => region.begin < region.end)
    .map((region) => ({ ...region, middle: Math.sqrt(region.begin * region.end), isWide: Math.log(region.end / region.begin) > 0.07 * Math.log(high / low) }));
};

const regionLayers = (regions, x) => {
  const at = (field) => ({ ...x, field });
  const quiet = { color: "currentColor", aria: false };
  return [
    { data: { values: regions.filter((region) => region.isCut) }, mark: { ...quiet, type: "rule", strokeDash: [2, 4], opacity: 0.55 }, encoding: { x: at("end") } },
    { data: { values: regions.filter((region) => region.isWide) }, mark: { ...quiet, type: "text", baseline: "top", fontSize: 12, opacity: 0.75 }, encoding: { x: at("middle"), y: { value: 2 }, text: { field: "name" } } },
  ];
};

const sweepSpec = (data, c, points, title) => {
  const { color, shape, strokeDash } = lookScales(data);
  const single = unique(points.map((p) => p.n)).length < 2;
  const positive = points.every((p) => p.value === null || p.value > 0);
  const scale = c.scale === "log" && positive ? { type: "log", nice: false, padding: 12 } : { type: "linear", zero: c.scale === "linear" };
  const y = { field: "value", type: "quantitative", title, scale, axis: { tickCount: 7, format: "~g" } };
  const x = single
    ? { field: "map", type: "nominal", title: null, sort: data.maps, axis: { labelAngle: -30 } }
    : { field: "x", type: "quantitative", title: c.axis === "n" ? "n (entries in the map)" : `keys and values as a multiple of ${c.axis} (${cacheOf(data, c).text})`, scale: { type: "log", nice: false, padding: 16 }, axis: { format: "~s", tickCount: 6 } };
  const tooltip = [{ field: "map" }, { field: "n", format: "," }, { field: "value", title, format: ".6~g" }, { field: "spread", title: c.relative === "absolute" ? "quartiles" : "of rounds" }];
  const bars = { mark: { type: "rule", strokeWidth: 1.2, aria: false }, transform: [{ filter: "isValid(datum.low) && isValid(datum.high)" }], encoding: { x, y: { field: "low", type: "quantitative", title, scale }, y2: { field: "high" }, color } };
  const line = { mark: { type: "line", strokeWidth: 2, aria: false }, encoding: { x, y, color, strokeDash } };
  const dots = { params: single ? [] : [ZOOM], mark: { type: "point", filled: true, size: unique(points.map((p) => p.n)).length > 14 ? 32 : 75, opacity: 1 }, encoding: { x, y, color, shape, tooltip, description: { field: "spoken" } } };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json", width: "container", height: 380, config: CONFIG,
    data: { name: "shown", values: points.map((p) => ({ ...p, spoken: `${p.map}, n ${p.n}: ${fixed(p.value)}` })) },
    transform: [{ filter: "isValid(datum.value)" }],
    layer: [...(single ? [] : regionLayers(regionsOf(data, c, points), x)), ...(points.some(hasInterval) ? [bars] : []), ...(single ? [] : [line]), dots],
  };
};

const ratiosSpec = (data, c, points) => {
  const scale = c.scale === "log" ? { type: "log", nice: false, padding: 10 } : { type: "linear", zero: false };
  const x = { field: "ratio", type: "quantitative", title: "B over A", scale, axis: { format: "~g", tickCount: 7 } };
  const y = { field: "row", type: "nominal", sort: null, title: null, axis: { labelLimit: 220 } };
  const legend = { orient: "top", title: null, labelColor: "currentColor", columns: narrow() ? 2 : 4 };
  const tooltip = [{ field: "row" }, { field: "ratio", format: ".4~f" }, { field: "interval" }, { field: "verdict" }];
  const color = { field: "verdict", type: "nominal", legend, scale: { domain: ["slower", "faster", "same", "undecided"], range: ["#d55e00", "#009e73", "currentColor", "#808080"] } };
  const shape = { field: "verdict", type: "nominal", legend, scale: { domain: ["slower", "faster", "same", "undecided"], range: ["triangle-right", "triangle-left", "circle", "cross"] } };
  const intervals = { mark: { type: "rule", strokeWidth: 1.4, aria: false }, transform: [{ filter: "isValid(datum.low)" }], encoding: { x: { ...x, field: "low" }, x2: { field: "high" }, y, color } };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json", width: "container", height: Math.max(120, 22 * points.length), config: CONFIG,
    data: { name: "shown", values: points },
    layer: [
      { mark: { type: "rule", strokeDash: [4, 3], color: "currentColor", aria: false }, encoding: { x: { datum: 1, type: "quantitative", scale } } },
      ...(points.some(hasInterval) ? [intervals] : []),
      { mark: { type: "point", filled: true, size: 70, opacity: 1 }, encoding: { x, y, color, shape, tooltip, description: { field: "spoken" } } },
    ],
  };
};

const draw = async (id, spec) => {
  const place = document.getElementById(id);
  (window.mapscope.views[id] ?? { finalize() {} }).finalize();
  const { view } = await vegaEmbed(place, spec, { renderer: "svg", actions: false, tooltip: { theme: "custom" } });
  window.mapscope.views[id] = view;
  const svg = place.querySelector("svg");
  svg.setAttribute("role", "img"); // the points are read out by the live line below, and by the table
  svg.setAttribute("aria-label", document.getElementById(`${id}-title`).textContent);
  svg.querySelectorAll("[aria-roledescription], [role='graphics-symbol'], [role='graphics-object']").forEach((e) => {
    for (const name of ["role", "aria-roledescription", "aria-label"]) e.removeAttribute(name);
    e.setAttribute("aria-hidden", "true");
  });
};

// ---- the keyboard: from point to point

const step = (id, say) => {
  const place = document.getElementById(id), live = document.getElementById(`${id}-point`);
  let at = -1;
  place.addEventListener("keydown", (event) => {
    const points = window.mapscope.points[id].filter((p) => (p.value ?? p.ratio ?? null) !== null);
    if (!points.length || !["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const group = (p) => p.map ?? "";
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) at = (Math.max(at, step > 0 ? -1 : 0) + step + points.length) % points.length;
    else if (event.key === "Home") at = 0;
    else if (event.key === "End") at = points.length - 1;
    else {
      const here = points[Math.max(at, 0)], groups = unique(points.map(group));
      const next = groups[(groups.indexOf(group(here)) + (event.key === "ArrowDown" ? 1 : groups.length - 1)) % groups.length];
      const same = points.findIndex((p) => group(p) === next && p.n === here.n);
      at = same >= 0 ? same : points.findIndex((p) => group(p) === next);
    }
    live.textContent = say(points[at]);
    mark(id, points[at]);
  });
  place.addEventListener("blur", () => { at = -1; mark(id, null); });
};

const mark = (id, point) => {
  const view = window.mapscope.views[id], group = document.querySelector(`#${id} svg .mark-symbol`);
  document.querySelectorAll(`#${id} .here`).forEach((e) => e.remove());
  if (!point || !group) return;
  const items = [...group.querySelectorAll("path")];
  const found = items.find((e) => e.__data__ && e.__data__.datum && e.__data__.datum.spoken === point.spoken);
  if (!found) return;
  const ring = document.createElementNS("http://www.w3.org/2000/svg", "circle");
  for (const [name, value] of Object.entries({ class: "here", r: 9, fill: "none", stroke: "currentColor", "stroke-width": 2, transform: found.getAttribute("transform") })) ring.setAttribute(name, value);
  group.append(ring);
};

// ---- the two charts

const swatch = (look) => `<svg viewBox="0 0 34 14" aria-hidden="true"><line x1="0" y1="7" x2="34" y2="7" stroke="${look.colour}" stroke-width="2" stroke-dasharray="${look.dash.join(" ")}"/><path transform="translate(17 7)" d="${look.path}" fill="${look.colour}"/></svg>`;

const setUpSweep = (data) => {
  const form = document.querySelector("form[data-chart=sweep]"), f = form.elements;
  const known = (field) => unique(data.rows.filter((r) => r.run === +f.run.value).map((r) => r[field]));
  const choices = () => {
    const counters = unique(data.rows.filter((r) => r.run === +f.run.value).flatMap((r) => Object.keys(r.counters)));
    fill(f.workload, known("workload").map((w) => [w]));
    fill(f.kv, known("kv").map((w) => [w]));
    fill(f.hash, known("hash").map((w) => [w]));
    fill(f.metric, [["ns", "ns per operation"], ...counters.map((m) => [m, m.replace(":", " ")])]);
    fill(f.relative, [["absolute", "absolute"], ["fastest", "ratio to the fastest"], ...known("map").map((m) => [m, `ratio to ${m}`])]);
    const sizes = known("n").sort((a, b) => a - b), text = sizes.map((n) => [n, n.toLocaleString("en")]);
    fill(f.axis, [["n", "entries"], ...data.caches[+f.run.value].map((cache) => [cache.name, `multiple of ${cache.name}`])]);
    fill(f.from, text, sizes.includes(+f.from.value) ? f.from.value : sizes[0]);
    fill(f.to, text, sizes.includes(+f.to.value) ? f.to.value : sizes.at(-1));
  };
  fill(f.run, data.runs.map((name, i) => [i, name]));
  choices();
  if (known("workload").includes("find_hit")) f.workload.value = "find_hit";
  form.querySelector(".maps").innerHTML = data.maps.map((m) => `<label><input type="checkbox" name="maps" value="${m}" checked>${swatch(data.looks[m])}${m}</label>`).join("");

  const update = async () => {
    const c = Object.fromEntries(["run", "workload", "kv", "hash", "metric", "relative", "scale", "axis", "from", "to"].map((name) => [name, f[name].value]));
    const maps = [...form.querySelectorAll("[name=maps]:checked")].map((box) => box.value);
    const points = shown(data, c, maps).map((p) => ({ ...p, spoken: `${p.map}, n ${p.n}: ${fixed(p.value)}` }));
    const unit = c.metric === "ns" ? "ns per operation" : c.metric === BYTES ? "bytes per entry" : `${c.metric.replace(":", " ")} per operation`;
    const title = c.relative === "absolute" ? unit : `${c.relative === "fastest" ? "times the fastest" : `times ${c.relative}`} (${unit})`;
    document.getElementById("sweep-title").textContent = `${c.workload}, ${c.kv}, ${c.hash} hash: ${title}`;
    const spread = c.metric.startsWith("time:") ? "Point: median over rounds, over the time of a dependent load from a working set as large as keys and values." : c.metric !== "ns" ? "Point: one reading." : c.relative === "absolute" ? "Point: median over rounds. Bar: quartiles." : "Point: ratio to the fastest, inside turns, with its interval; to another map, the median of the ratios of each round and their extremes.";
    document.getElementById("sweep-note").textContent = `${data.notes[c.workload] ?? ""} ${spread}${points.length && unique(points.map((p) => p.n)).length > 1 ? " Dotted: where keys and values alone would fill a cache." : ""}`;
    document.getElementById("sweep-point").textContent = "";
    window.mapscope.points.sweep = points;
    fillTable(points, title);
    await draw("sweep", sweepSpec(data, c, points, title));
    window.mapscope.drawn += 1;
  };
  form.addEventListener("change", (event) => {
    if (event.target === f.run) choices();
    if (+f.from.value > +f.to.value) (event.target === f.from ? f.to : f.from).value = event.target.value;
    window.mapscope.busy = update();
  });
  form.hidden = false;
  step("sweep", (p) => `${p.map}, n = ${p.n.toLocaleString("en")}: ${fixed(p.value)}${p.spread ? ` (${p.spread})` : ""}`);
  return update();
};

const fillTable = (points, title) => {
  const table = document.getElementById("sweep-table"), maps = unique(points.map((p) => p.map)), sizes = unique(points.map((p) => p.n)).sort((a, b) => a - b);
  const cell = (tag, text, scope) => { const e = document.createElement(tag); e.textContent = text; if (scope) e.scope = scope; return e; };
  const caption = cell("caption", title), head = document.createElement("thead"), body = document.createElement("tbody");
  head.insertRow().append(cell("th", "n", "col"), ...maps.map((m) => cell("th", m, "col")));
  for (const n of sizes) {
    const line = body.insertRow();
    line.append(cell("th", n.toLocaleString("en"), "row"));
    for (const m of maps) {
      const p = points.find((q) => q.map === m && q.n === n), td = cell("td", p ? fixed(p.value) : "-");
      const note = p && (p.value === null ? p.reason : p.spread);
      if (note) { const small = document.createElement("small"); small.textContent = note; td.append(document.createElement("br"), small); }
      line.append(td);
    }
  }
  table.replaceChildren(caption, head, body);
};

// ---- time against memory

const BYTES = "memory:bytes per entry";
const meanOf = (values) => Math.exp(values.reduce((sum, v) => sum + Math.log(v), 0) / values.length);

/** A point a map over the sizes of an octave that all of them have, as mapscope/analysis/tradeoff.py. */
const tradeoff = (data, c) => {
  const known = rowsOf(data, c).filter((r) => r.n > +c.n / 2 && r.n <= +c.n && r.counters[BYTES][0] !== null);
  const maps = data.maps.filter((m) => known.some((r) => r.map === m));
  const common = unique(known.map((r) => r.n)).filter((n) => maps.every((m) => known.some((r) => r.map === m && r.n === n)));
  const points = maps.map((map) => {
    const rows = known.filter((r) => r.map === map && common.includes(r.n)), ns = rows.map((r) => r.median), bytes = rows.map((r) => r.counters[BYTES][0]);
    return { map, n: +c.n, value: meanOf(ns), low: Math.min(...ns), high: Math.max(...ns), bytes: meanOf(bytes), least: Math.min(...bytes), most: Math.max(...bytes) };
  });
  const beats = (a, b) => a.value <= b.value && a.bytes <= b.bytes && (a.value < b.value || a.bytes < b.bytes);
  return common.length ? points.map((p) => ({ ...p, front: !points.some((q) => beats(q, p)) ? "yes" : "", spoken: `${p.map}: ${fixed(p.value)} ns, ${fixed(p.bytes)} bytes` })) : [];
};

const tradeoffSpec = (data, points) => {
  const { color, shape } = lookScales(data);
  const scale = { type: "log", nice: false, padding: 24 };
  const x = { field: "bytes", type: "quantitative", title: "bytes per entry", scale, axis: { format: "~g", tickCount: 7 } };
  const y = { field: "value", type: "quantitative", title: "ns per operation", scale, axis: { format: "~g", tickCount: 7 } };
  const tooltip = [{ field: "map" }, { field: "value", title: "ns per operation", format: ".4~g" }, { field: "bytes", title: "bytes per entry", format: ".4~g" }];
  const quiet = { strokeWidth: 1, opacity: 0.55, aria: false };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json", width: "container", height: 380, config: CONFIG,
    data: { name: "shown", values: points },
    layer: [
      { transform: [{ filter: "datum.front === 'yes'" }], mark: { type: "line", interpolate: "step-after", strokeDash: [4, 3], color: "currentColor", opacity: 0.5, aria: false }, encoding: { x, y, order: { field: "bytes", type: "quantitative" } } },
      { mark: { type: "rule", ...quiet }, encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color } },
      { mark: { type: "rule", ...quiet }, encoding: { x: { ...x, field: "least" }, x2: { field: "most" }, y, color } },
      { mark: { type: "point", filled: true, size: 110, opacity: 1 }, encoding: { x, y, color, shape, tooltip, description: { field: "spoken" } } },
      { mark: { type: "text", dy: -12, fontSize: 12, color: "currentColor", aria: false }, encoding: { x, y, text: { field: "map" } } },
    ],
  };
};

const fillTradeoff = (points) => {
  const table = document.getElementById("tradeoff-table"), head = document.createElement("thead"), body = document.createElement("tbody");
  const cell = (tag, text, scope) => { const e = document.createElement(tag); e.textContent = text; if (scope) e.scope = scope; return e; };
  head.insertRow().append(...["map", "ns per operation", "bytes per entry", "beaten in both by"].map((text) => cell("th", text, "col")));
  for (const p of [...points].sort((a, b) => a.value - b.value)) {
    const better = points.filter((q) => q !== p && q.value <= p.value && q.bytes <= p.bytes).map((q) => q.map);
    body.insertRow().append(cell("th", p.map, "row"), cell("td", fixed(p.value)), cell("td", fixed(p.bytes)), cell("td", better.join(", ") || "none"));
  }
  table.replaceChildren(head, body);
};

const setUpTradeoff = (data) => {
  const form = document.querySelector("form[data-chart=tradeoff]");
  if (!form) return null;
  const f = form.elements, weighed = data.rows.filter((r) => r.counters[BYTES][0] !== null);
  const choices = () => {
    let left = weighed;
    for (const name of ["run", "workload", "kv", "hash", "n"]) {
      const values = unique(left.map((r) => r[name]));
      if (name === "n") values.sort((a, b) => b - a);
      if (name === "workload" && !f.workload.value && values.includes("find_hit")) fill(f.workload, values.map((v) => [v]), "find_hit");
      else fill(f[name], values.map((v) => [v, name === "run" ? data.runs[v] : name === "n" ? v.toLocaleString("en") : v]));
      left = left.filter((r) => String(r[name]) === f[name].value);
    }
  };
  const update = async () => {
    choices();
    const c = Object.fromEntries(["run", "workload", "kv", "hash", "n"].map((name) => [name, f[name].value]));
    const points = tradeoff(data, c);
    document.getElementById("tradeoff-title").textContent = `${c.workload}, ${c.kv}, ${c.hash} hash, n up to ${(+c.n).toLocaleString("en")}: ns per operation and bytes per entry`;
    document.getElementById("tradeoff-point").textContent = points.length ? "" : "These maps have no size in common here.";
    window.mapscope.points.tradeoff = points;
    fillTradeoff(points);
    await draw("tradeoff", tradeoffSpec(data, points));
    window.mapscope.drawn += 1;
  };
  form.addEventListener("change", () => { window.mapscope.busy = update(); });
  form.hidden = false;
  step("tradeoff", (p) => `${p.map}: ${fixed(p.value)} ns per operation, ${fixed(p.bytes)} bytes per entry`);
  return update();
};

const setUpRatios = (data) => {
  const form = document.querySelector("form[data-chart=ratios]");
  if (!form || !data.comparison) return null;
  const f = form.elements;
  fill(f.map, unique(data.comparison.map((r) => r.map)).map((m) => [m]));
  fill(f.kv, unique(data.comparison.map((r) => r.kv)).map((m) => [m, m || "all"]));
  const update = async () => {
    const points = data.comparison
      .filter((r) => r.map === f.map.value && r.kv === f.kv.value)
      .map((r) => ({ ...r, row: `${r.workload}${r.n ? ` n=${r.n.toLocaleString("en")}` : ""}${r.hash === "own" ? " own hash" : ""}`, interval: r.low === null ? "" : `${fixed(r.low)} to ${fixed(r.high)}` }))
      .map((r) => ({ ...r, map: r.workload, spoken: `${r.row}: ${fixed(r.ratio)}` }));
    document.getElementById("ratios-title").textContent = `${f.map.value} ${f.kv.value}: B over A, row by row`;
    window.mapscope.points.ratios = points;
    await draw("ratios", ratiosSpec(data, { scale: f.scale.value }, points));
    window.mapscope.drawn += 1;
  };
  form.addEventListener("change", () => { window.mapscope.busy = update(); });
  form.hidden = false;
  step("ratios", (p) => `${p.row}: ${fixed(p.ratio)}${p.interval ? ` (${p.interval})` : ""}, ${p.verdict}`);
  return update();
};

const SHOWN_AS = {
  operation: "Each step is a span of operations, evenly long on the logarithmic axis.",
  share: "A point (x, y): the share x of all operations takes longer than y.",
};

const DURATION = "datum.value >= 1e9 ? datum.value / 1e9 + ' s' : datum.value >= 1e6 ? datum.value / 1e6 + ' ms' : datum.value >= 1e3 ? datum.value / 1e3 + ' µs' : datum.value + ' ns'";

const growingSpec = (data, c, points, axis) => {
  const { color, strokeDash } = lookScales({ ...data, maps: data.maps.filter((m) => points.some((p) => p.map === m)) });
  const x = axis === "share"
    ? { field: "x", type: "quantitative", title: "share of operations that take longer", scale: { type: "log", reverse: true, nice: false, padding: 8 }, axis: { format: "~%", tickCount: 6 } }
    : { field: "x", type: "quantitative", title: "operation", scale: { type: "log", nice: false, padding: 8 }, axis: { format: "~s", tickCount: 6 } };
  const scale = c.scale === "log" ? { type: "log", nice: false, padding: 8 } : { type: "linear", zero: true };
  const y = { field: "value", type: "quantitative", title: null, scale, axis: { tickCount: 7, labelExpr: DURATION } };
  const legend = { orient: "top", title: null, labelColor: "currentColor", labelFontSize: 12, columns: narrow() ? 2 : 7, symbolType: "stroke", symbolSize: 700, symbolStrokeWidth: 2.2, symbolOpacity: 1 };
  const looks = { color: { ...color, legend }, strokeDash: { ...strokeDash, legend } };
  const tooltip = [{ field: "map" }, { field: "x", format: ".4~g" }, { field: "value", title: "ns", format: ".5~g" }];
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json", width: "container", height: 340, config: CONFIG,
    data: { name: "shown", values: points },
    transform: c.scale === "log" ? [{ filter: "datum.value > 0" }] : [],
    layer: [
      { mark: { type: "line", strokeWidth: 1.6, interpolate: axis === "share" ? "linear" : "step-after", aria: false }, encoding: { x, y, ...looks } },
      { params: [ZOOM], mark: { type: "point", filled: true, size: 14, opacity: 0.8 }, encoding: { x, y, color: { ...color, legend }, tooltip, description: { field: "spoken" } } },
    ],
  };
};

const setUpGrowing = (data) => {
  const form = document.querySelector("form[data-chart=growing]");
  if (!form) return null;
  const f = form.elements;
  const choices = () => {
    let left = data.growth;
    fill(f.run, unique(left.map((l) => l.run)).map((i) => [i, data.runs[i]]));
    for (const name of ["run", "kv", "stage", "shown"]) {
      if (name !== "run") fill(f[name], unique(left.map((l) => l[name])).map((v) => [v]));
      left = left.filter((l) => String(l[name]) === f[name].value);
    }
    return left;
  };
  const update = async () => {
    const lines = choices();
    const points = lines.flatMap((l) => l.points.map(([x, value]) => ({ map: l.map, n: x, x, value, spoken: `${l.map}, ${fixed(x)}: ${fixed(value)}` })));
    document.getElementById("growing-title").textContent = `${f.kv.value}, ${f.stage.value}: ${f.shown.value}, ns`;
    const none = points.filter((p) => p.value === 0).length;
    const shorter = none ? ` ${none} of ${points.length} points are 0, shorter than a step of the clock; a logarithmic scale has no place for them.` : "";
    document.getElementById("growing-note").textContent = `${SHOWN_AS[lines[0].axis]}${shorter}`;
    window.mapscope.points.growing = points;
    await draw("growing", growingSpec(data, { scale: f.scale.value }, points, lines[0].axis));
    window.mapscope.drawn += 1;
  };
  form.addEventListener("change", () => { window.mapscope.busy = update(); });
  form.hidden = false;
  step("growing", (p) => `${p.map}, ${fixed(p.x)}: ${fixed(p.value)} ns`);
  return update();
};

// ---- concurrent maps

const crowdsSpec = (data, c, points, title) => {
  const present = { ...data, maps: data.maps.filter((m) => points.some((p) => p.map === m)) };
  const legend = { orient: "top", title: null, labelColor: "currentColor", labelFontSize: 12, columns: narrow() ? 2 : 5, symbolSize: 90 };
  const { color, shape, strokeDash } = Object.fromEntries(Object.entries(lookScales(present)).map(([name, look]) => [name, { ...look, legend }]));
  const counts = unique(points.map((p) => p.x)).sort((a, b) => a - b), cores = data.cores[+c.run];
  const x = { field: "x", type: "quantitative", title: "threads", scale: { type: "log", base: 2, nice: false, padding: 24 }, axis: { values: counts, format: "d" } };
  const scale = c.scale === "log" ? { type: "log", nice: false, padding: 12 } : { type: "linear", zero: true };
  const y = { field: "value", type: "quantitative", title, scale, axis: { tickCount: 7, format: "~g" } };
  const tooltip = [{ field: "map" }, { field: "x", title: "threads" }, { field: "value", title, format: ".4~g" }, { field: "spread", title: "quartiles" }];
  const bars = { mark: { type: "rule", strokeWidth: 1.2, aria: false }, transform: [{ filter: "isValid(datum.low) && isValid(datum.high)" }], encoding: { x, y: { ...y, field: "low" }, y2: { field: "high" }, color } };
  const edge = { data: { values: [{ x: cores * Math.SQRT2 }] }, mark: { type: "rule", strokeDash: [2, 4], color: "currentColor", opacity: 0.55, aria: false }, encoding: { x } };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json", width: "container", height: 340, config: CONFIG,
    data: { name: "shown", values: points },
    layer: [
      ...(counts.at(-1) > cores ? [edge] : []), ...(points.some(hasInterval) ? [bars] : []),
      { mark: { type: "line", strokeWidth: 2, aria: false }, encoding: { x, y, color, strokeDash } },
      { mark: { type: "point", filled: true, size: 75, opacity: 1 }, encoding: { x, y, color, shape, tooltip, description: { field: "spoken" } } },
    ],
  };
};

const setUpCrowds = (data) => {
  const form = document.querySelector("form[data-chart=crowds]");
  if (!form) return null;
  const f = form.elements, ofThreads = (r) => data.families[r.run][r.workload];
  const rows = data.rows.filter(ofThreads).map((r) => ({ ...r, family: ofThreads(r)[0], threads: ofThreads(r)[1] }));
  const choices = () => {
    let left = rows;
    for (const name of ["run", "family", "kv", "n"]) {
      fill(f[name], unique(left.map((r) => r[name])).map((v) => [v, name === "run" ? data.runs[v] : name === "n" ? v.toLocaleString("en") : v]));
      left = left.filter((r) => String(r[name]) === f[name].value);
    }
    return left;
  };
  const update = async () => {
    const isRate = f.shown.value === "throughput", title = isRate ? "million operations a second" : "ns per operation";
    const of = (ns) => (ns === null ? null : isRate ? 1000 / ns : ns);
    const points = choices()
      .map((r) => ({ map: r.map, n: r.threads, x: r.threads, value: of(r.median), low: of(isRate ? r.q3 : r.q1), high: of(isRate ? r.q1 : r.q3) }))
      .map((p) => ({ ...p, spread: hasInterval(p) ? `${fixed(p.low)} to ${fixed(p.high)}` : "", spoken: `${p.map}, threads ${p.x}: ${fixed(p.value)}` }))
      .sort((a, b) => data.maps.indexOf(a.map) - data.maps.indexOf(b.map) || a.x - b.x);
    document.getElementById("crowds-title").textContent = `${f.family.value}, ${f.kv.value}, n = ${(+f.n.value).toLocaleString("en")}: ${title}`;
    window.mapscope.points.crowds = points;
    await draw("crowds", crowdsSpec(data, { run: f.run.value, scale: f.scale.value }, points, title));
    window.mapscope.drawn += 1;
  };
  form.addEventListener("change", () => { window.mapscope.busy = update(); });
  form.hidden = false;
  step("crowds", (p) => `${p.map}, ${p.x} threads: ${fixed(p.value)}${p.spread ? ` (${p.spread})` : ""}`);
  return update();
};

const setUpWaits = (data) => {
  const form = document.querySelector("form[data-chart=waits]");
  if (!form || !data.reading.length) return null;
  const f = form.elements;
  const choices = () => {
    let left = data.reading;
    for (const name of ["run", "kv", "n", "shown"]) {
      fill(f[name], unique(left.map((l) => l[name])).map((v) => [v, name === "run" ? data.runs[v] : name === "n" ? v.toLocaleString("en") : v]));
      left = left.filter((l) => String(l[name]) === f[name].value);
    }
    return left;
  };
  const update = async () => {
    const points = choices().flatMap((l) => l.points.map(([x, value]) => ({ map: l.map, n: x, x, value, spoken: `${l.map}, ${fixed(x)}: ${fixed(value)}` })));
    document.getElementById("waits-title").textContent = `${f.kv.value}, n = ${(+f.n.value).toLocaleString("en")}, ${f.shown.value}: response time, ns`;
    window.mapscope.points.waits = points;
    await draw("waits", growingSpec(data, { scale: f.scale.value }, points, "share"));
    window.mapscope.drawn += 1;
  };
  form.addEventListener("change", () => { window.mapscope.busy = update(); });
  form.hidden = false;
  step("waits", (p) => `${p.map}, ${fixed(p.x)}: ${fixed(p.value)} ns`);
  return update();
};

window.mapscope = { views: {}, points: {}, drawn: 0, busy: null };
window.mapscope.busy = unpack().then(async (data) => {
  window.mapscope.data = data;
  await setUpSweep(data);
  await setUpTradeoff(data);
  await setUpRatios(data);
  await setUpGrowing(data);
  await setUpCrowds(data);
  await setUpWaits(data);
  document.documentElement.dataset.ready = "yes";
});
