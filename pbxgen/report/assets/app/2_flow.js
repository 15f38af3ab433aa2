/* A part of the app's closure: page.py puts the parts together in the order of their names. */
  /* --- the flow ---------------------------------------------------------------------------------------------- */
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
  /* A linear position rings one member after the other, within what the place that leads there allows in all. */
  function ringTime({ rings, seconds }) {
    if ((rings.kind !== "operator" && rings.kind !== "group") || !groupOf(rings).linear) return `rings ${seconds} s`;
    const { members, ring } = groupOf(rings), whole = Math.min(members.length * ring, rings.timeout || Infinity);
    return members.length > 1 ? `rings ${seconds} s each, up to ${whole} s in all` : `rings ${whole} s`;
  }
  function detail(node) {
    if (node.ends) return node.at || "";
    const parts = [], place = node.rings;
    if (!node.silent) parts.push(ringTime(node));
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
    const at = moment();
    $("calls-title").textContent = nameOf(chosen);
    $("calls-caller-label").hidden = $("calls-origin").value === "internal" || !Object.keys(plan.contacts).length;
    $("calls-state").textContent = openSchedules(at);
    const root = Engine.tree(plan, callerFor(), at, chosen);
    clear($("calls-tree"), make("ul", { class: "tree" }, branch(root, "", new Set())));
  }
