// The port of tutoring/practice/screens/screen.py and outcome.py; `words` come from manifest.py.

import { actions, fields, goals, met, openTrap, result, today } from "practice/offline/simulator.js";
import { plan, position } from "practice/offline/solver.js";

const HELP = { together: { marks: true, tips: true, errors: true }, alone: { errors: true }, exam: {} };
export const COUNTING = ["alone", "exam"];

export const localDay = (value) => value.replace(/^(\d{4})-(\d\d)-(\d\d)$/, "$3/$2/$1");

// Whether a rejected input may be shown again.
function mayEcho(field, typed, why) {
  const digits = (typed.match(/\p{N}/gu) ?? []).length;
  return [...typed].length <= 200 && why !== "real" && (digits < 6 || (field.type === "date" && digits <= 8));
}

function filling(scenario, words, state) {
  const known = {
    dossier: `TAP-${scenario.clock.start.slice(2).replaceAll("-", "")}-0001`,
    date: localDay(today(scenario, state)),
    state: scenario.dossier ? words.states[scenario.dossier.states[state.dossier].status] : "",
    fee: words.fee,
  };
  for (const [key, { value }] of Object.entries(scenario.persona)) known[`persona:${key}`] = localDay(value);
  return (text) => text.replace(/\{([^{}]+)\}/g, (whole, name) => known[name] ?? whole);
}

export function shown(scenario, words, state, mode, refused = new Map(), typed = new Map()) {
  const [fill, helping, screen] = [filling(scenario, words, state), HELP[mode], scenario.screens[state.screen]];
  const [next] = helping.marks ? plan(scenario, state) : [];
  const trap = openTrap(scenario, state);
  const explain = scenario.dossier?.states[state.dossier].explain;
  const last = mode !== "exam" && state.last === "choose" ? state.traps.at(-1) : null;
  const why = (code) => words.why[code] ?? words.other;

  const field = (one) => {
    const [code, sent, value] = [refused.get(one.id), typed.get(one.id) ?? "", state.values.get(one.id) ?? ""];
    const said = helping.errors && one.options.find(({ id }) => id === sent)?.say;
    return {
      id: one.id,
      type: one.type,
      label: fill(one.label),
      required: one.required,
      options: one.options.map(({ id, text }) => ({ option: id, text: fill(text) })),
      value: code && sent && mayEcho(one, sent, code) ? sent : one.options.length ? value : localDay(value),
      tip: one.coach && (helping.tips || (helping.errors && code)) ? fill(one.coach) : "",
      wrong: code ? (said ? fill(said) : why(code)) : "",
      marked: next?.set === one.id,
    };
  };

  return {
    screen: state.screen,
    title: fill(screen.title),
    place: screen.place,
    paragraphs: screen.text.map(fill),
    lines: screen.shows.filter((one) => met(one.when, state)).map((one) => [fill(one.label), fill(one.text)]),
    explain: explain && screen.shows.some((one) => one.text.includes("{state}")) ? fill(explain) : "",
    trap: trap && {
      id: trap.id,
      place: trap.place,
      text: fill(trap.text),
      guided: Boolean(helping.tips),
      options: trap.options.map((one) => ({ id: one.id, label: fill(one.text) })),
    },
    answered: last ? fill(answer(scenario, last).option.say) : "",
    fell: Boolean(last?.bad),
    fields: fields(scenario, state).map(field),
    actions: actions(scenario, state).map((one) => ({
      id: one.id,
      label: fill(one.label),
      quiet: one.quiet,
      tip: one.coach && helping.tips ? fill(one.coach) : "",
      marked: next?.do === one.id,
    })),
    back: state.history.length > 0 && !trap,
    backMarked: Boolean(next?.back),
    position: mode !== "exam" && position(scenario, state),
    wrong: refused.has("") ? why(refused.get("")) : "",
  };
}

function answer(scenario, { id, chosen }) {
  const trap = Object.values(scenario.screens).find((screen) => screen.trap?.id === id).trap;
  return { trap, option: trap.options.find((one) => one.id === chosen) };
}

export function outcome(scenario, words, state, mode) {
  const [fill, found] = [filling(scenario, words, state), result(scenario, state)];
  return {
    ...found,
    passed: found.passed && COUNTING.includes(mode),
    whole: found.passed,
    met: found.traps,
    goals: goals(scenario, state).map(([name, reached]) => ({ text: fill(scenario.goals[name].text), reached })),
    skills: found.skills.map(([skill, , slips]) => ({
      name: words.skills[skill] ?? skill,
      level: slips ? (slips > 2 ? "again" : "nearly") : "firm",
    })),
    traps: state.traps.map((one) => {
      const { trap, option } = answer(scenario, one);
      return { text: fill(trap.text), answer: fill(option.text), say: fill(option.say) };
    }),
  };
}
