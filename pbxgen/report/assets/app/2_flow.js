  /* --- the flow ---------------------------------------------------------------------------------------------- */
  function openSchedules(moment) {
    const names = Object.keys(plan.schedules);
    return names.map((schedule) => say(Engine.isOpen(plan.schedules[schedule], moment) ? "page.open" : "page.closed", { schedule })).join(" · ");
  }
  const nodeText = (node) => {
    if (node.ends) {
      const { kind, value, lost } = node.ends;
      return say("end." + (lost ? "lost" : kind), { name: party(value), target: value });
    }
    if (node.rings.kind === "service") return say("tree.service", { place: nameOf(node.rings) });
    return node.silent ? say("tree.silent", { place: nameOf(node.rings) }) : nameOf(node.rings);
  };
  /* A linear position rings one member after the other, within what the place that leads there allows in all. */
  function ringTime({ rings, seconds }) {
    if ((rings.kind !== "operator" && rings.kind !== "group") || !groupOf(rings).linear) return say("page.rings", { seconds });
    const { members, ring } = groupOf(rings), whole = Math.min(members.length * ring, rings.timeout || Infinity);
    return members.length > 1 ? say("page.rings_each", { seconds, whole }) : say("page.rings", { seconds: whole });
  }
  function detail(node) {
    if (node.ends) return node.at || "";
    const parts = [], place = node.rings;
    if (!node.silent && place.kind !== "service") parts.push(ringTime(node));
    if (place.confirm) parts.push(say("ringing.confirm"));
    if (place.kind === "operator" || place.kind === "group") parts.push(groupOf(place).members.join(groupOf(place).linear ? say("list.then") : " + "));
    if (place.kind === "user" && plan.users.get(place.target).legs)
      parts.push(plan.users.get(place.target).legs.map((l) => (l.delay ? say("ringing.delay", { who: l.place.target, seconds: l.delay }) : l.place.target)).join(" + "));
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
      item.append(make("span", { class: "edge" }, say("tree.as_above", { text: "" })));
      return item;
    }
    told.add(node.id);
    const alone = node.branches.length === 1;
    const text = (b) => (alone ? say("tree.then") : b.outcomes.map((o) => say("outcome." + o)).join(say("list.or"))) + ":";
    item.append(make("ul", {}, ...node.branches.map((b) => branch(b.node, text(b), told))));
    return item;
  }
  function callers() {
    const options = [["", say("page.somebody")]];
    for (const name of Object.keys(plan.contacts)) if (samples[name]) options.push([name, say("page.one_of", { name })]);
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
    const at = moment();
    $("calls-title").textContent = nameOf(chosen);
    $("calls-caller-label").hidden = $("calls-origin").value === "internal" || !Object.keys(plan.contacts).length;
    $("calls-state").textContent = openSchedules(at);
    const root = Engine.tree(plan, callerFor(), at, chosen);
    clear($("calls-tree"), make("ul", { class: "tree" }, branch(root, "", new Set())));
  }
