"use strict";
/* The page: finding somebody, and the five views of what happens to calls. Texts of the source only ever become text. */
(() => {
  const tenants = JSON.parse(document.getElementById("data").textContent).tenants;
  const $ = (id) => document.getElementById(id);
  const VIEWS = [["calls", "Call flow"], ["play", "Play a call"], ["graph", "Who diverts to whom"], ["outside", "Outside numbers"], ["findings", "Findings"]];
  const PHONE_STATES = { answer: "answers", ring: "rings, no answer", busy: "busy (486)", reject: "rejects (603)", dnd: "do not disturb (480)",
    unregistered: "not registered", dead: "silent", error: "error (500)", in_call: "in a call" };
  const OUTSIDE_STATES = { answer: "answers", ring: "rings, no answer", busy: "busy", fail: "fails", mailbox: "its own mailbox answers" };
  const FIELDS = { unconditional: "every call", busy: "busy", no_answer: "no answer", unreachable: "unreachable", return_busy: "busy (outside)",
    return_no_answer: "no answer (outside)", return_unreachable: "unreachable (outside)" };
  const OUTCOMES = { busy: "busy", no_answer: "no answer", unreachable: "unreachable" };
  let plan, findings, index, edges, chosen, view = "calls";

  function make(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "click") element.addEventListener("click", value);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((c) => c !== null && c !== undefined));
    return element;
  }
  const clear = (element, ...children) => element.replaceChildren(...children);

  /* --- names ------------------------------------------------------------------------------------------------- */
  const party = (number) => (plan.users.has(number) ? `${plan.users.get(number).name} (${number})` : number);
  function nameOf(place) {
    switch (place.kind) {
      case "user": return party(place.target);
      case "outside": return "outside " + place.target;
      case "mailbox": return "mailbox of " + party(place.target);
      case "operator": return "operator position " + place.target;
      case "group": return "group " + place.target;
      case "inbound": return "number " + place.target;
      case "announce": return "announcement " + place.target;
      default: return place.target === "busy" ? "release as busy" : "release as unavailable";
    }
  }
  const places = (list) => list.map(nameOf).join(", then ");
  const groupOf = (place) => (place.kind === "operator" ? plan.operators : plan.groups)[place.target];

  /* --- finding somebody -------------------------------------------------------------------------------------- */
  function buildIndex() {
    const found = [];
    const add = (kind, target, label) => found.push({ kind, target, label, text: label.toLowerCase() });
    for (const user of plan.users.values()) add("user", user.extension, [`${user.extension} ${user.name}`, ...(user.dids || [])].join(" · "));
    for (const [name, group] of Object.entries(plan.operators)) add("operator", name, `${group.number} operator position ${name}`);
    for (const [name, group] of Object.entries(plan.groups)) add("group", name, `${group.number} group ${name}`);
    for (const number of Object.keys(plan.inbound)) add("inbound", number, `${number} inbound number`);
    return found;
  }
  function search(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean), starts = [], others = [];
    if (!words.length) return [];
    for (const entry of index) {
      if (!words.every((w) => entry.text.includes(w))) continue;
      (entry.text.startsWith(words[0]) ? starts : others).push(entry);
      if (starts.length >= 30) break;
    }
    return [...starts, ...others].slice(0, 30);
  }
  let results = [], active = -1;
  function showResults() {
    const list = $("found");
    clear(list, ...results.map((entry, number) => make("li", { role: "option", id: "found-" + number, "aria-selected": String(number === active), click: () => pick(entry) }, entry.label)));
    list.hidden = results.length === 0;
    $("search").setAttribute("aria-expanded", String(results.length > 0));
    if (active >= 0 && results.length) {
      $("search").setAttribute("aria-activedescendant", "found-" + active);
      $("found-" + active).scrollIntoView({ block: "nearest" });
    } else $("search").removeAttribute("aria-activedescendant");
  }
  function pick(entry) {
    results = []; active = -1;
    showResults();
    choose(entry.kind, entry.target);
    if (view !== "calls" && view !== "play" && view !== "graph") open("calls");
  }
  function choose(kind, target) {
    chosen = { kind, target };
    const user = kind === "user" ? plan.users.get(target) : null;
    $("play-to").value = user ? (user.dids || [target])[0] : kind === "inbound" ? target : groupOf(chosen).number;
    if (kind === "operator" || kind === "group" || (user && !user.dids)) $("play-from").value = somebodyInside();
    else $("play-from").value = "+393471112222";
    states.phones = {}; states.outside = {};
    location.replace("#" + [view, kind, encodeURIComponent(target)].join("/"));
    draw();
  }
  const somebodyInside = () => [...plan.users.keys()].find((e) => !(chosen.kind === "user" && chosen.target === e)) || "";

  /* --- the flow ---------------------------------------------------------------------------------------------- */
  function momentOf(input) {
    const [date, time] = (input.value || "2026-11-23T10:00").split("T"), [hours, minutes] = time.split(":").map(Number);
    return { date, minute: hours * 60 + minutes };
  }
  function openSchedules(moment) {
    const names = Object.keys(plan.schedules);
    return names.map((n) => `${n}: ${Engine.isOpen(plan.schedules[n], moment) ? "open" : "closed"}`).join(" · ");
  }
  const nodeText = (node) => {
    if (node.ends) {
      const { kind, value, lost } = node.ends;
      if (lost) return "released: nothing is left to try";
      return kind === "voicemail" ? `mailbox of ${party(value)}` : kind === "announced" ? `announcement ${value}` : `released with ${value}, as written`;
    }
    return node.silent ? `${nameOf(node.rings)} is not rung` : nameOf(node.rings);
  };
  function detail(node) {
    if (node.ends) return node.at || "";
    const parts = [], place = node.rings;
    if (!node.silent) parts.push(`rings ${node.seconds} s`);
    if (place.confirm) parts.push("with confirmation");
    if (place.kind === "operator" || place.kind === "group") parts.push(groupOf(place).members.join(groupOf(place).linear ? ", then " : " + "));
    if (place.kind === "user" && plan.users.get(place.target).legs)
      parts.push(plan.users.get(place.target).legs.map((l) => l.place.target + (l.delay ? ` after ${l.delay} s` : "")).join(" + "));
    if (place.at) parts.push(place.at);
    return parts.join(" · ");
  }
  function box(node) {
    const kind = node.ends ? (node.ends.lost ? "lost" : node.ends.kind) : "ring";
    return make("span", { class: "box " + kind }, nodeText(node), make("small", {}, detail(node)));
  }
  function branch(node, label, told) {
    const item = make("li", {}, label ? make("span", { class: "edge" }, label) : null, box(node));
    if (node.ends) return item;
    if (told.has(node.id) && node.branches.some((b) => b.node.branches)) {
      item.append(make("span", { class: "edge" }, " … as above"));
      return item;
    }
    told.add(node.id);
    const alone = node.branches.length === 1;
    const text = (b) => (alone ? "nobody:" : b.outcomes.map((o) => OUTCOMES[o]).join(" or ") + ":");
    item.append(make("ul", {}, ...node.branches.map((b) => branch(b.node, text(b), told))));
    return item;
  }
  function callers() {
    const options = [["", "somebody"]];
    for (const name of Object.keys(plan.contacts)) options.push([name, "one of " + name]);
    return options;
  }
  function callerFor() {
    if ($("calls-origin").value === "internal") return { origin: Engine.INTERNAL, number: "", carried: 0 };
    const name = $("calls-caller").value;
    if (!name) return { origin: Engine.EXTERNAL, number: null, carried: 0 };
    return { origin: Engine.EXTERNAL, number: sampleOf(name), carried: 0 };
  }
  const sampleOf = (name) => samples[name] || "+99999999999";
  let samples = {};
  function drawCalls() {
    const at = momentOf($("calls-at"));
    $("calls-title").textContent = nameOf(chosen);
    $("calls-caller-label").hidden = $("calls-origin").value === "internal" || !Object.keys(plan.contacts).length;
    $("calls-state").textContent = openSchedules(at);
    const root = Engine.tree(plan, callerFor(), at, chosen);
    clear($("calls-tree"), make("ul", { class: "tree" }, branch(root, "", new Set())));
  }

  /* --- playing a call ---------------------------------------------------------------------------------------- */
  const states = { phones: {}, outside: {} };
  function involved(call, moment) {
    const caller = Engine.callerOf(plan, call);
    const way = caller.origin === Engine.INTERNAL ? Engine.fromPhone(plan, call.from, call.to) : Engine.fromTrunk(plan, call.to);
    const phones = new Set(), outside = new Set();
    if (way.dialOut) outside.add(way.dialOut);
    const walk = (node, seen) => {
      if (node.ends || seen.has(node.id)) return;
      seen.add(node.id);
      const place = node.rings;
      if (place.kind === "outside") outside.add(place.target);
      else if (place.kind === "user") {
        phones.add(place.target);
        for (const leg of plan.users.get(place.target).legs || []) (leg.place.kind === "outside" ? outside : phones).add(leg.place.target);
      } else groupOf(place).members.forEach((m) => phones.add(m));
      node.branches.forEach((b) => walk(b.node, seen));
    };
    if (way.reach) walk(Engine.tree(plan, caller, moment, way.reach), new Set());
    return { phones: [...phones].slice(0, 60), outside: [...outside].slice(0, 30) };
  }
  function sentence(event) {
    const who = () => party(event.subject);
    switch (event.kind) {
      case "reached": return event.place && (event.place.kind === "user" || event.place.kind === "inbound") ? `The call reaches ${nameOf(event.place)}.` : null;
      case "skipped_visited": return `${nameOf(event.place)}: skipped, the call has already been there.`;
      case "skipped_carried": return `${nameOf(event.place)}: skipped, the call has come back from outside with too many diversions.`;
      case "diverted": return `${who()} diverts (${FIELDS[event.reason]}): ${places(event.places)}.`;
      case "not_diverted_max": return `${who()} would divert, but the call has already been diverted as often as it may.`;
      case "not_diverted_visited": return `${who()} diverts every call, but only to where this one has been: the phone rings instead.`;
      case "no_rule": return plan.users.has(event.subject) ? `${who()} has no deviation for this.` : `Nothing applies to number ${event.subject} now.`;
      case "member_skipped": return `${who()} is the caller and is not rung.`;
      case "own_mailbox": return `Behind everything stands the mailbox of ${who()}.`;
      case "overflow": return `Nobody at ${nameOf(event.place)} takes the call; its overflow: ${places(event.places)}.`;
      case "transferred": return `${who()} transfers the call to ${event.detail}.`;
      case "rang": {
        const rung = event.dialled.map((entry) => entry.map(party).join(" + ")).join(", ");
        if (!event.dialled.length) return event.outcome ? `${who()}: not rung, ${OUTCOMES[event.outcome]}.` : null;
        if (!event.outcome) return `${rung}: rings.`;
        return event.seconds ? `${rung}: rings for ${event.seconds} s, ${OUTCOMES[event.outcome]}.` : `${rung}: ${OUTCOMES[event.outcome]}.`;
      }
      default: return null;
    }
  }
  const WHY = { no_such_number: "nothing has this number", no_route: "no route carries this number", no_mailbox: "the caller has no mailbox",
    not_inbound: "no user and no inbound number has it", class_forbids: "the caller's class of service does not allow it" };
  function endText(story) {
    const { kind, value, byRule } = story.ending, last = story.events[story.events.length - 1];
    if (last.kind === "refused") return `Released with ${value}: ${WHY[last.detail]}.`;
    switch (kind) {
      case "answered": return `${party(value)} answers.`;
      case "voicemail": return `The mailbox of ${party(value)} takes a message.`;
      case "announced": return `Announcement ${value} is played, and the call released.`;
      case "mailbox": return value === "*" ? "The caller is asked for a mailbox and its PIN." : `The mailbox of ${party(value)} is opened.`;
      default: return byRule ? `Released with ${value}, as written.` : `Released with ${value}: nothing is left to try.`;
    }
  }
  function selectState(kind, target, known) {
    const mine = states[kind], select = make("select", { "aria-label": party(target) });
    for (const [value, text] of Object.entries(known)) select.append(new Option(text, value, false, (mine[target] || "answer") === value));
    select.addEventListener("change", () => {
      if (select.value === "answer") delete mine[target]; else mine[target] = select.value;
      drawStory();
    });
    return make("label", {}, make("span", {}, party(target)), select);
  }
  function playedCall() {
    const call = { from: $("play-from").value.trim(), to: $("play-to").value.trim() };
    if ($("play-by").value.trim() && $("play-transfer").value.trim() && plan.users.has($("play-by").value.trim()))
      call.transfer = { by: $("play-by").value.trim(), to: $("play-transfer").value.trim() };
    return call;
  }
  function drawPlay() {
    const found = involved(playedCall(), momentOf($("play-at")));
    clear($("play-phones"), ...found.phones.map((e) => selectState("phones", e, PHONE_STATES)), ...found.outside.map((n) => selectState("outside", n, OUTSIDE_STATES)));
    drawStory();
  }
  function drawStory() {
    const phones = Object.fromEntries(Object.entries(states.phones).map(([e, s]) => [e, [s]]));
    const story = Engine.simulate(plan, playedCall(), { moment: momentOf($("play-at")), phones, outside: states.outside });
    const told = story.events.map((e) => [sentence(e), e.at]).filter(([text]) => text);
    clear($("play-steps"), ...told.map(([text, at], number) => {
      const item = make("li", {}, text, at ? make("small", {}, at) : null);
      item.style.animationDelay = number * 0.12 + "s";
      return item;
    }));
    $("play-end").textContent = endText(story);
  }

  /* --- who diverts to whom ----------------------------------------------------------------------------------- */
  function buildEdges() {
    const out = new Map(), into = new Map();
    const add = (from, to, why) => {
      if (to.kind === "announce" || to.kind === "release" || (to.kind === "mailbox" && from.target === to.target)) return;
      const a = from.kind + " " + from.target, b = to.kind + " " + to.target;
      for (const [map, one, other] of [[out, a, to], [into, b, from]]) {
        if (!map.has(one)) map.set(one, new Map());
        const name = other.kind + " " + other.target, known = map.get(one);
        if (!known.has(name)) known.set(name, { place: { kind: other.kind, target: other.target }, why: new Set() });
        known.get(name).why.add(why);
      }
    };
    const rules = (from, number, why) => plan.lists[number].forEach((r) => r.places.forEach((p) => add(from, p, why)));
    for (const user of plan.users.values()) {
      const from = { kind: "user", target: user.extension };
      for (const [field, number] of Object.entries(user.deviations || {})) rules(from, number, FIELDS[field]);
      for (const leg of user.legs || []) if (leg.place.target !== user.extension) add(from, leg.place, "follow_me");
    }
    for (const kind of ["operator", "group"])
      for (const [name, group] of Object.entries(plan[kind + "s"])) group.overflow.forEach((p) => add({ kind, target: name }, p, "overflow"));
    for (const [number, inbound] of Object.entries(plan.inbound)) rules({ kind: "inbound", target: number }, inbound.rules, "inbound");
    return { out, into };
  }
  const shortened = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);
  const selectable = (place) => ["user", "operator", "group", "inbound"].includes(place.kind);
  function drawGraph() {
    const own = chosen.kind + " " + chosen.target, most = 40;
    const into = [...(edges.into.get(own) || new Map()).values()], out = [...(edges.out.get(own) || new Map()).values()];
    $("graph-title").textContent = `${nameOf(chosen)}: ${into.length} divert here, diverts to ${out.length}`;
    const left = into.slice(0, most), right = out.slice(0, most), rows = Math.max(left.length, right.length, 1);
    const height = rows * 52 + 20, width = 900, svgNs = "http://www.w3.org/2000/svg";
    const draw = (tag, attributes, ...children) => {
      const element = document.createElementNS(svgNs, tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      element.append(...children);
      return element;
    };
    const svg = draw("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": $("graph-title").textContent });
    const node = (place, x, y, me) => {
      const text = nameOf(place), shown = shortened(text, 30);
      const group = draw("g", me ? { class: "me" } : selectable(place) ? { tabindex: 0, role: "button", "aria-label": text } : {},
        draw("title", {}, text), draw("rect", { x, y: y - 15, width: 240, height: 30, rx: 7 }), draw("text", { x: x + 8, y: y + 5 }, shown));
      if (!me && selectable(place)) {
        group.addEventListener("click", () => choose(place.kind, place.target));
        group.addEventListener("keydown", (e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); choose(place.kind, place.target); } });
      }
      return group;
    };
    const middle = height / 2, at = (number, count) => middle + (number - (count - 1) / 2) * 52;
    const arrow = (x1, y1, x2, y2, why, labelX, labelY) => {
      svg.append(draw("path", { d: `M${x1},${y1} C${(x1 + x2) / 2},${y1} ${(x1 + x2) / 2},${y2} ${x2},${y2}`, "stroke-width": 1.5 }));
      svg.append(draw("text", { x: labelX, y: labelY, "font-size": "11", "aria-hidden": "true", style: "font-size:11px" }, shortened([...why].join(", "), 40)));
    };
    left.forEach((e, n) => { const y = at(n, left.length); arrow(250, y, 330, middle, e.why, 12, y + 27); svg.append(node(e.place, 10, y, false)); });
    right.forEach((e, n) => { const y = at(n, right.length); arrow(570, middle, 650, y, e.why, 652, y + 27); svg.append(node(e.place, 650, y, false)); });
    svg.append(node(chosen, 330, middle, true));
    const more = Math.max(into.length - most, 0) + Math.max(out.length - most, 0);
    clear($("graph"), svg, make("p", {}, more ? `and ${more} more` : ""));
    const top = [...edges.into.entries()].filter(([k]) => !k.startsWith("mailbox ")).sort((a, b) => b[1].size - a[1].size).slice(0, 15);
    clear($("graph-top"), ...top.map(([name, from]) => {
      const place = { kind: name.slice(0, name.indexOf(" ")), target: name.slice(name.indexOf(" ") + 1) };
      const label = selectable(place) ? make("button", { class: "link", type: "button", click: () => choose(place.kind, place.target) }, nameOf(place)) : nameOf(place);
      return make("li", {}, label, make("small", {}, `${from.size} divert here`));
    }));
  }

  /* --- outside numbers and findings -------------------------------------------------------------------------- */
  function drawOutside() {
    const text = $("outside-filter").value.toLowerCase(), found = [];
    for (const [name, from] of edges.into) {
      if (!name.startsWith("outside ")) continue;
      const number = name.slice(8), senders = [...from.values()];
      if (!text || number.includes(text) || senders.some((s) => nameOf(s.place).toLowerCase().includes(text))) found.push([number, senders]);
    }
    found.sort((a, b) => b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
    $("outside-count").textContent = `${found.length} numbers` + (found.length > 200 ? ", the first 200 shown" : "");
    clear($("outside-list"), ...found.slice(0, 200).map(([number, senders]) => make("li", {}, make("strong", {}, number), make("small", {},
      senders.slice(0, 12).map((s) => `${nameOf(s.place)}: ${[...s.why].join(", ")}`).join("; ") + (senders.length > 12 ? ` and ${senders.length - 12} more` : "")))));
  }
  function drawFindings() {
    const text = $("findings-filter").value.toLowerCase();
    const found = findings.filter((f) => !text || `${f.code} ${f.message} ${f.at || ""}`.toLowerCase().includes(text));
    $("findings-count").textContent = `${found.length} findings` + (found.length > 200 ? ", the first 200 shown" : "");
    clear($("findings-list"), ...found.slice(0, 200).map((f) => {
      const known = f.subject && index.some((e) => e.kind === f.subject[0] && e.target === f.subject[1]);
      const show = known ? make("button", { class: "link", type: "button", click: () => { choose(...f.subject); open("calls"); } }, "show its calls") : null;
      const example = f.example ? make("details", {}, make("summary", {}, "Example: " + f.example.headline),
        make("ol", {}, ...f.example.steps.map(([step, at]) => make("li", {}, step, at ? make("small", {}, at) : null)))) : null;
      return make("li", {}, make("strong", {}, `${f.code} ${f.severity}: `), f.message, make("small", {}, f.at || ""), make("p", {}, f.help), example, show);
    }));
  }

  /* --- views ------------------------------------------------------------------------------------------------- */
  const DRAW = { calls: drawCalls, play: drawPlay, graph: () => { edges = edges || buildEdges(); drawGraph(); },
    outside: () => { edges = edges || buildEdges(); drawOutside(); }, findings: drawFindings };
  function draw() {
    if (chosen || view === "outside" || view === "findings") DRAW[view]();
  }
  function open(name) {
    view = name;
    for (const [id] of VIEWS) {
      $("view-" + id).hidden = id !== name;
      $("tab-" + id).setAttribute("aria-selected", String(id === name));
      $("tab-" + id).tabIndex = id === name ? 0 : -1;
    }
    if (chosen) location.replace("#" + [view, chosen.kind, encodeURIComponent(chosen.target)].join("/"));
    draw();
  }
  function load(number) {
    const tenant = tenants[number];
    plan = Engine.load(tenant.plan);
    findings = tenant.findings;
    samples = tenant.samples;
    index = buildIndex();
    edges = null; chosen = null;
    $("title").textContent = `Calls of ${plan.name}`;
    $("about").textContent = `${plan.users.size} users · ${plan.domain} · ${plan.timezone} · build ${plan.digest}`;
    clear($("calls-caller"), ...callers().map(([value, text]) => new Option(text, value)));
    const [, kind, target] = location.hash.slice(1).split("/");
    const wanted = target && index.find((e) => e.kind === kind && e.target === decodeURIComponent(target));
    const entry = wanted || index[0];
    if (entry) choose(entry.kind, entry.target); else draw();
  }

  for (const [id, label] of VIEWS)
    $("tabs").append(make("button", { type: "button", role: "tab", id: "tab-" + id, "aria-controls": "view-" + id, click: () => open(id) }, label));
  $("tabs").addEventListener("keydown", (e) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!step) return;
    const at = VIEWS.findIndex(([id]) => id === view), next = VIEWS[(at + step + VIEWS.length) % VIEWS.length][0];
    open(next);
    $("tab-" + next).focus();
  });
  $("search").addEventListener("input", () => { results = search($("search").value); active = results.length ? 0 : -1; showResults(); });
  $("search").addEventListener("keydown", (e) => {
    if (e.key === "Escape") { results = []; showResults(); return; }
    if (e.key === "Enter" && results[active]) { e.preventDefault(); pick(results[active]); return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && results.length) { e.preventDefault(); active = (active + step + results.length) % results.length; showResults(); }
  });
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) { e.preventDefault(); $("search").focus(); $("search").select(); }
  });
  document.addEventListener("click", (e) => { if (!e.target.closest(".search")) { results = []; showResults(); } });
  for (const id of ["calls-form", "play-form"]) {
    $(id).addEventListener("submit", (e) => e.preventDefault());
    $(id).addEventListener("input", () => draw());
  }
  $("outside-filter").addEventListener("input", () => draw());
  $("findings-filter").addEventListener("input", () => draw());
  for (const id of ["calls-at", "play-at"]) $(id).value = "2026-11-23T10:00";
  tenants.forEach((t, number) => $("tenant").append(new Option(t.plan.name, number)));
  $("tenant-label").hidden = tenants.length < 2;
  $("tenant").addEventListener("change", () => { location.replace("#"); load(Number($("tenant").value)); open(view); });
  const hash = location.hash.slice(1).split("/")[0];
  if (VIEWS.some(([id]) => id === hash)) view = hash;
  load(0);
  open(view);
})();
