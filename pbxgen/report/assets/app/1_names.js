/* The page: finding somebody, and the five views of what happens to calls. Texts of the source only ever become text. */
  const tenants = JSON.parse(document.getElementById("data").textContent).tenants;
  const $ = (id) => document.getElementById(id);
  const VIEWS = [["calls", "Call flow"], ["play", "Play a call"], ["graph", "Who diverts to whom"], ["outside", "Outside numbers"], ["findings", "Findings"]];
  const PHONE_STATES = { answer: "answers", ring: "rings, no answer", busy: "busy (486)", reject: "rejects (603)", dnd: "do not disturb (480)",
    unregistered: "not registered", dead: "silent", error: "error (500)", in_call: "in a call" };
  const OUTSIDE_STATES = { answer: "answers", ring: "rings, no answer", busy: "busy", fail: "fails", mailbox: "its own mailbox answers" };
  const FIELDS = { unconditional: ["every call"], busy: ["busy"], no_answer: ["no answer"], unreachable: ["unreachable"], return_busy: ["busy", "outside"],
    return_no_answer: ["no answer", "outside"], return_unreachable: ["unreachable", "outside"] };
  const ORIGINS = { internal: "from inside", external: "from outside" };
  const FOLLOW_ME = "follow-me";
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
  /* As people search: in small letters, without accents. */
  const folded = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
  /* What a filter leaves; a text that matches nothing is said to. */
  const foundCount = (count, noun, text) => (count || !text ? counted(count, noun) : "nothing found");
  const divertHere = (count) => `${count} ${count === 1 ? "diverts" : "divert"} here`;
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
      } }, left > count * 10 ? `Show ${count * 10} more of ${left}` : `Show ${left} more`)));
      return added[0];
    };
    show(0, most);
  }

  /* --- names ------------------------------------------------------------------------------------------------- */
  /* Letters that run to the left keep to themselves; characters that would turn what is around them are not obeyed. */
  function alone(text) {
    const safe = text.replace(/[\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
    return /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc]/.test(safe) ? `\u2068${safe}\u2069` : safe;
  }
  const party = (number) => (plan.users.has(number) ? `${alone(plan.users.get(number).name)} (${number})` : number);
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

  function choose({ kind, target }) {
    chosen = { kind, target };
    const user = kind === "user" ? plan.users.get(target) : null;
    $("play-to").value = user ? (user.dids || [target])[0] : kind === "inbound" ? target : groupOf(chosen).number;
    if (kind === "operator" || kind === "group" || (user && !user.dids)) $("play-from").value = somebodyInside();
    else $("play-from").value = "+393471112222";
    states.phones = {}; states.outside = {};
  }
  const somebodyInside = () => [...plan.users.keys()].find((e) => !(chosen.kind === "user" && chosen.target === e)) || "";
