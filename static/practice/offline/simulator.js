// The port of tutoring/practice/engine/ for a device without a network; test_js_parity.py compares both.

const MOST_EVENTS = 400;
const LONGEST = 200;

export class Refused extends Error {
  constructor(why, field = "") {
    super(why);
    Object.assign(this, { why, field });
  }
}

// --- rules

const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"; // the server's; not that of \s
const SPACES = new RegExp(`[${SPACE}]+`, "g");
const BETWEEN = new RegExp(`[${SPACE}.-]`, "g");
const size = (text) => [...text].length;

function tidy(type, typed) {
  const text = typed.normalize("NFC").replace(SPACES, " ").replace(/^ | $/g, "");
  if (type === "digits") return text.replace(BETWEEN, "");
  const local = type === "date" && text.match(/^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$/);
  return local ? [local[3], local[2].padStart(2, "0"), local[1].padStart(2, "0")].join("-") : text;
}

function looksReal(value) {
  const bare = value.replace(BETWEEN, "");
  return /^(0|\+?84)[235789]\d{8}$/.test(bare) || (/^(\d{6}|\d{9}|\d{12})$/.test(bare) && /[^0]/.test(bare));
}

const fold = (text) =>
  text
    .toLowerCase()
    .replaceAll("\u0111", "d")
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "");

const STREET = /^[0-9]{1,4}[a-z]?(\/[0-9]{1,4}[a-z]?){0,4},? (?=.*[a-z]{2})[a-z0-9 .,'/-]{2,70}$/;

const RULES = {
  equals_persona(value, key, persona) {
    const own = persona[key].value.normalize("NFC");
    if (value.toLowerCase() === own.toLowerCase()) return false;
    return fold(value) === fold(own) ? "accents" : true;
  },
  street(value, key, persona) {
    const own = persona[key].value.normalize("NFC");
    const [typed, wanted] = [value, own].map((one) => fold(one).replace(/^so (nha )?/, ""));
    if (typed !== wanted) return !STREET.test(typed);
    return own.toLowerCase().endsWith(value.toLowerCase().slice(-wanted.length)) ? false : "accents";
  },
  not_after_clock: (value, _, __, day) => value > day,
  not_before_clock: (value, _, __, day) => value < day,
  min_len: (value, least) => size(value) < least,
};

// The value on the card; only this is stored.
export function ownValue(field, persona) {
  const rule = field.rules.find((one) => one.equals_persona || one.street);
  return persona[rule.equals_persona ?? rule.street].value;
}

// [error or "", value to store]
function wrong(field, typed, persona, day) {
  if (size(typed) > LONGEST) return ["long"];
  const value = tidy(field.type, typed);
  if (field.type === "check") return value === "yes" || value === "no" ? ["", value] : ["option"];
  if (field.options.length) return field.options.some((one) => one.id === value && !one.say) ? ["", value] : ["option"];
  const own = ownValue(field, persona);
  if (looksReal(value) && value !== own) return ["real"];
  if (field.type === "date" && !/^\d{4}-\d\d-\d\d$/.test(value)) return ["date"];
  for (const rule of field.rules)
    for (const [name, arg] of Object.entries(rule)) {
      const said = RULES[name](value, arg, persona, day);
      if (said) return [said === true ? name : said];
    }
  return ["", own];
}

// --- the state of a run

export function begin({ start, dossier }) {
  return {
    screen: start,
    dossier: dossier?.initial ?? null,
    day: 0,
    since: 0,
    count: 0,
    last: "",
    values: new Map(),
    seen: dossier ? [dossier.initial] : [],
    visited: [start],
    history: [],
    traps: [],
    misses: new Map(),
    slips: [],
  };
}

export function replay(scenario, events) {
  const state = begin(scenario);
  for (const event of events) apply(scenario, state, event);
  return state;
}

const like = (event, ...names) =>
  Object.keys(event).length === names.length && names.every((name) => typeof event[name] === "string");

// Applies an event; returns it as it is stored.
export function apply(scenario, state, event) {
  if (state.count >= MOST_EVENTS) throw new Refused("too_many");
  const screen = scenario.screens[state.screen];
  let kept = event;
  if (like(event, "set", "value")) kept = fill(scenario, state, asked(state, screen, event.set), event.value);
  else if (like(event, "missed")) {
    asked(state, screen, event.missed);
    state.misses.set(event.missed, (state.misses.get(event.missed) ?? 0) + 1);
  } else if (like(event, "choose")) choose(scenario, state, event.choose);
  else if (like(event, "do")) press(scenario, state, screen, event.do);
  else if (event.back === true && Object.keys(event).length === 1) back(scenario, state, screen);
  else throw new Refused("shape");
  state.count += 1;
  [state.last] = Object.keys(kept);
  return kept;
}

// --- what is there

export function today(scenario, state) {
  const day = new Date(`${scenario.clock.start}T00:00Z`);
  day.setUTCDate(day.getUTCDate() + state.day);
  return day.toISOString().slice(0, 10);
}

export function met(one, state) {
  if (!one) return true;
  if (one.field) return state.values.get(one.field) === one.eq;
  if (one.dossier_in) return one.dossier_in.includes(state.dossier);
  if (one.dossier_seen) return state.seen.includes(one.dossier_seen);
  if (one.screen) return state.screen === one.screen;
  if (one.screen_seen) return state.visited.includes(one.screen_seen);
  if (one.trap) return state.traps.some(({ id, chosen }) => id === one.trap && chosen === one.chose);
  if (one.all) return one.all.every((part) => met(part, state));
  if (one.any) return one.any.some((part) => met(part, state));
  return !met(one.not, state);
}

export const fields = (scenario, state) => scenario.screens[state.screen].fields.filter((one) => met(one.when, state));
export const actions = (scenario, state) =>
  scenario.screens[state.screen].actions.filter((one) => met(one.when, state));
export const goals = (scenario, state) =>
  Object.entries(scenario.goals).map(([name, goal]) => [name, met(goal.met, state)]);
export const ended = (scenario, state) => scenario.screens[state.screen].final;

export function openTrap(scenario, state) {
  const { trap } = scenario.screens[state.screen];
  return trap && !state.traps.some(({ id }) => id === trap.id) && met(trap.when, state) ? trap : null;
}

// --- what happens

function asked(state, screen, name) {
  const found = screen.fields.find((one) => one.id === name);
  if (!found) throw new Refused("unknown_field", name);
  if (!met(found.when, state)) throw new Refused("hidden", name);
  return found;
}

function fill(scenario, state, found, typed) {
  const [why, value] = wrong(found, typed, scenario.persona, today(scenario, state));
  if (why) throw new Refused(why, found.id);
  if (found.options.some((one) => one.id === value && one.slip) && state.values.get(found.id) !== value)
    state.slips.push({ skill: skills(scenario).get(found.id), where: found.id });
  state.values.set(found.id, value);
  return { set: found.id, value };
}

function choose(scenario, state, name) {
  const trap = openTrap(scenario, state);
  if (!trap) throw new Refused("no_trap");
  const option = trap.options.find((one) => one.id === name);
  if (!option) throw new Refused("unknown_option");
  state.traps.push({ id: trap.id, chosen: option.id, bad: option.bad });
  if (option.to && option.to !== state.screen) go(scenario, state, option.to);
}

export function filled(field, state) {
  const value = state.values.get(field.id);
  return value !== undefined && (field.type !== "check" || value === "yes");
}

function press(scenario, state, screen, name) {
  const action = screen.actions.find((one) => one.id === name);
  if (!action) throw new Refused(screen.final ? "ended" : "unknown_action");
  if (!met(action.when, state)) throw new Refused("unavailable");
  if (openTrap(scenario, state)) throw new Refused("trap");
  const empty = !action.leaves && fields(scenario, state).find((one) => one.required && !filled(one, state));
  if (empty) throw new Refused("required", empty.id);
  const to = turn(scenario, state, action);
  if (action.wrong) state.slips.push({ skill: action.skill ?? screen.skill ?? scenario.skills[0], where: action.id });
  if (to) move(state, to);
  for (let days = action.advance_days; days > 0; days--) nextDay(scenario, state);
  if (action.to !== state.screen) go(scenario, state, action.to);
  if (action.emit || action.advance_days) state.history = []; // what was sent is sent, and no day comes back
}

function turn({ dossier }, state, { emit }) {
  if (!emit || !dossier) return null;
  const found = (dossier.on[emit] ?? []).find((one) => one.from.includes(state.dossier) && met(one.when, state));
  if (!found) throw new Refused("dossier");
  return found.to;
}

function nextDay({ dossier }, state) {
  state.day += 1;
  if (!dossier) return;
  const here = dossier.states[state.dossier].next_in_days;
  for (const days of Object.keys(here).sort((one, other) => one - other)) {
    const found = state.day - state.since >= days && here[days].find((one) => met(one.when, state));
    if (found) return move(state, found.to);
  }
}

function move(state, to) {
  state.dossier = to;
  state.since = state.day;
  if (!state.seen.includes(to)) state.seen.push(to);
}

function go(scenario, state, to) {
  state.history.push(state.screen);
  stand(scenario, state, to);
}

function stand(scenario, state, to) {
  state.screen = to;
  if (!state.visited.includes(to)) state.visited.push(to);
  if (scenario.screens[to].final) state.history = [];
}

function back(scenario, state, screen) {
  if (openTrap(scenario, state)) throw new Refused("trap");
  if (!state.history.length) throw new Refused(screen.final ? "ended" : "back");
  stand(scenario, state, state.history.pop());
}

// --- one step of somebody's run: fields first, then a button, a trap or back

// { kept: events, refused: Map of errors by field, "" for the button }
export function step(scenario, state, typed, event) {
  const done = { kept: [], refused: new Map() };
  const leaves =
    event &&
    (!("do" in event) || scenario.screens[state.screen].actions.some((one) => one.id === event.do && one.leaves));
  for (const { id } of leaves ? [] : fields(scenario, state))
    if (typed.get(id) && typed.get(id) !== state.values.get(id))
      attempt(scenario, state, { set: id, value: typed.get(id) }, done, id);
  if (event && !done.refused.size) attempt(scenario, state, event, done);
  return done;
}

function attempt(scenario, state, event, done, filled) {
  try {
    done.kept.push(apply(scenario, state, event));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const field = filled ?? error.field;
    done.refused.set(field, error.why);
    if (field && !(filled && error.why === "too_many")) miss(scenario, state, field, done);
  }
}

function miss(scenario, state, name, done) {
  try {
    done.kept.push(apply(scenario, state, { missed: name }));
  } catch ({ why }) {
    if (!done.refused.has("")) done.refused.set("", why); // a run that is too long keeps no more
  }
}

// --- what a run shows

const FORGIVEN = 2; // slips of each skill in a run that counts

const skills = (scenario) =>
  new Map(
    Object.values(scenario.screens).flatMap((screen) =>
      screen.fields.map((one) => [one.id, one.skill ?? screen.skill ?? scenario.skills[0]]),
    ),
  );

export function result(scenario, state) {
  const [done, slips] = [new Map(), new Map()];
  const add = (where, name, more) => where.set(name, (where.get(name) ?? 0) + more);
  for (const [name, skill] of skills(scenario)) {
    if (state.values.has(name)) add(done, skill, 1);
    if (state.misses.has(name)) add(slips, skill, state.misses.get(name));
  }
  for (const { skill } of state.slips) add(slips, skill, 1);
  for (const { trap } of Object.values(scenario.screens)) {
    const met = trap && state.traps.find(({ id }) => id === trap.id);
    if (met) add(met.bad ? slips : done, trap.skill, met.bad ? FORGIVEN + 1 : 1); // to fall means to practise again
  }
  const named = [...new Set(scenario.skills)].sort();
  const others = [...new Set([...done.keys(), ...slips.keys()])].filter((one) => !named.includes(one)).sort();
  const shown = [...named, ...others].map((one) => [one, done.get(one) ?? 0, slips.get(one) ?? 0]);
  const reached = goals(scenario, state);
  const found = {
    skills: shown,
    traps: state.traps.length,
    fallen: state.traps.filter((one) => one.bad).length,
    goals: reached.length,
    reached: reached.filter(([, met]) => met).length,
  };
  const whole = found.reached === found.goals && !found.fallen;
  return { ...found, passed: whole && shown.every(([, , missed]) => missed <= FORGIVEN) };
}
