/* A part of the app's closure: page.py puts the parts together in the order of their names. */
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
