/* A part of the app's closure: page.py puts the parts together in the order of their names. */
  /* --- who diverts to whom ----------------------------------------------------------------------------------- */
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
