  /* --- who diverts to whom ----------------------------------------------------------------------------------- */
  const selectable = (place) => ["user", "operator", "group", "inbound"].includes(place.kind);
  const reasons = (why) => [...why].join("; ");
  const linkTo = (place, look) =>
    selectable(place) ? make("button", { class: look, type: "button", click: () => goTo(place, "graph") }, nameOf(place)) : make("span", { class: look }, nameOf(place));
  const edgeItem = ({ place, why }) => make("li", {}, make("div", {}, linkTo(place, "box"), make("small", {}, reasons(why))));
  function drawSide(side, neighbours, heading) {
    $(`graph-${side}-title`).textContent = heading;
    $(`graph-${side}`).hidden = neighbours.length === 0;
    fill($(`graph-${side}-list`), neighbours, edgeItem, 40);
  }
  function drawGraph() {
    const own = chosen.kind + " " + chosen.target;
    const into = [...(edges.into.get(own) || new Map()).values()], out = [...(edges.out.get(own) || new Map()).values()];
    $("graph-title").textContent = say("page.diversions", { place: nameOf(chosen), here: divertHere(into.length), number: out.length });
    $("graph-past").textContent = pastText();
    $("graph-me").textContent = nameOf(chosen);
    drawSide("out", out, say("page.diverts_to"));
    drawSide("in", into, say("page.diverting_here"));
    const top = [...edges.into].filter(([name]) => !name.startsWith("mailbox ")).sort((a, b) => b[1].size - a[1].size);
    fill($("graph-top"), top, ([name, from]) => make("li", {}, linkTo(nodeOf(name), "link"), make("small", {}, divertHere(from.size))), 15);
  }
