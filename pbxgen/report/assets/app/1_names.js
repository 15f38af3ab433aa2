/* The page: a search, and five views of calls. Texts of the source are only ever inserted as text, never as HTML. */
  const { tenants, phrases } = JSON.parse(document.getElementById("data").textContent);
  const say = (name, values) => phrases[name].replace(/\{(\w+)\}/g, (_, value) => values[value]);
  const $ = (id) => document.getElementById(id);
  const VIEWS = ["calls", "play", "graph", "outside", "findings"];
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
  /* For searching: in small letters, without accents. */
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const counted = (name, number) => say(number === 1 ? name + "_one" : name, { number });
  /* How many items a filter leaves, or that nothing matches its text. */
  const foundCount = (name, number, text) => (number || !text ? counted(name, number) : say("page.nothing"));
  const divertHere = (number) => counted("page.divert_here", number);
  /* The first `most` items in `list`, and a button for the next, ten times as many each time it is pressed. */
  function fill(list, items, shown, most) {
    clear(list);
    const show = (from, count) => {
      const added = items.slice(from, from + count).map(shown), left = items.length - from - added.length;
      list.append(...added);
      if (left > 0) list.append(make("li", { class: "more" }, make("button", { type: "button", click: (e) => {
        e.target.parentElement.remove();
        const first = show(from + count, count * 10);
        first.tabIndex = -1;
        first.focus();
      } }, left > count * 10 ? say("page.show_of", { number: count * 10, left }) : say("page.show", { number: left }))));
      return added[0];
    };
    show(0, most);
  }

  /* --- names ------------------------------------------------------------------------------------------------- */
  /* Isolates right-to-left text, and removes characters that would change the direction of the text around it. */
  function alone(text) {
    const safe = text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
    return /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc]/.test(safe) ? `\u2068${safe}\u2069` : safe;
  }
  const party = (number) => (plan.users.has(number) ? `${alone(plan.users.get(number).name)} (${number})` : number);
  function nameOf(place) {
    const kind = place.kind === "release" ? "release_" + place.target : place.kind;
    return say("place." + kind, { name: party(place.target), target: place.target });
  }
  const places = (list) => list.map(nameOf).join(say("list.then"));
  const groupOf = (place) => (place.kind === "operator" ? plan.operators : plan.groups)[place.target];

  function choose({ kind, target }) {
    chosen = { kind, target };
    const user = kind === "user" ? plan.users.get(target) : null;
    $("play-to").value = user ? (user.dids || [target])[0] : kind === "inbound" ? target : groupOf(chosen).number;
    if (kind === "operator" || kind === "group" || (user && !user.dids)) $("play-from").value = somebodyInside();
    else $("play-from").value = "+393471112222";
    states.phones = {}; states.outside = {}; states.services = {};
  }
  const somebodyInside = () => [...plan.users.keys()].find((e) => !(chosen.kind === "user" && chosen.target === e)) || "";
