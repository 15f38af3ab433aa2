  /* --- findings ---------------------------------------------------------------------------------------------- */
  function drawFindings() {
    const text = folded($("findings-filter").value);
    const found = findings.filter((f) => !text || folded(`${f.code} ${f.message} ${f.at || ""}`).includes(text));
    $("findings-count").textContent = foundCount("page.results", found.length, text);
    fill($("findings-list"), found, (f) => {
      const known = f.subject && index.some((e) => e.kind === f.subject[0] && e.target === f.subject[1]);
      const link = known ? make("button", { class: "link", type: "button", click: () => goTo({ kind: f.subject[0], target: f.subject[1] }, "calls") }, say("page.show_calls")) : null;
      const example = f.example ? make("details", {}, make("summary", {}, say("page.example", { headline: alone(f.example.headline) })),
        make("ol", {}, ...f.example.steps.map(([step, at]) => make("li", {}, alone(step), at ? make("small", {}, at) : null)))) : null;
      return make("li", {}, make("strong", {}, `${f.code} ${f.severity}: `), alone(f.message), make("small", {}, f.at || ""), make("p", {}, alone(f.help)), example, link);
    }, 200);
  }
