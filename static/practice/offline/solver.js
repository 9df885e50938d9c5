// The port of tutoring/practice/engine/solver.py and progress.py.

import { actions, apply, ended, fields, filled, goals, openTrap, ownValue } from "practice/offline/simulator.js";

const MOST_STATES = 2000;

// The shortest right way to the end with the most goals.
export function plan(scenario, state) {
  let best = [-1, []];
  const waiting = [[spread(state), []]];
  const known = new Set([key(scenario, state)]);
  for (let at = 0; at < waiting.length && known.size < MOST_STATES; at++) {
    const [here, way] = waiting[at];
    if (ended(scenario, here)) {
      const reached = goals(scenario, here).filter(([, met]) => met).length;
      if (reached > best[0]) best = [reached, way];
      if (reached === Object.keys(scenario.goals).length) break;
      continue;
    }
    for (const event of steps(scenario, here)) {
      const there = spread(here);
      try {
        apply(scenario, there, event);
      } catch {
        continue;
      }
      const found = key(scenario, there);
      if (known.has(found)) continue;
      known.add(found);
      waiting.push([there, [...way, event]]);
    }
  }
  return best[1];
}

export function position(scenario, state) {
  const { straight } = scenario;
  const of = straight.length;
  let at = straight.findIndex((one) => !state.visited.includes(one));
  if (at < 0) at = of;
  if (straight[at - 1] === state.screen) return { at, of };
  const way = plan(scenario, state);
  if (!way.length && !ended(scenario, state)) return null;
  const here = spread(state);
  at = of;
  for (const event of way) {
    const { screen } = here;
    apply(scenario, here, event);
    if (here.screen !== screen) at--;
  }
  return { at: Math.max(1, at), of };
}

// The right events here.
function steps(scenario, state) {
  const trap = openTrap(scenario, state);
  if (trap) return trap.options.filter((one) => !one.bad).map((one) => ({ choose: one.id }));
  const empty = fields(scenario, state).find((one) => one.required && waits(one, state));
  if (empty) return [{ set: empty.id, value: right(scenario, empty) }];
  const there = actions(scenario, state)
    .filter((one) => !one.wrong)
    .map((one) => ({ do: one.id }));
  return state.history.length ? [...there, { back: true }] : there;
}

function waits(field, state) {
  return !filled(field, state) || field.options.some((one) => one.id === state.values.get(field.id) && one.slip);
}

export function right(scenario, field) {
  if (field.type === "check") return "yes";
  const taken = field.options.filter((one) => !one.say);
  if (taken.length) return (taken.find((one) => !one.slip) ?? taken[0]).id;
  return ownValue(field, scenario.persona);
}

function spread(state) {
  const { values, seen, visited, history, traps, slips } = state;
  return {
    ...state,
    values: new Map(values),
    seen: [...seen],
    visited: [...visited],
    history: [...history],
    traps: [...traps],
    slips: [...slips],
  };
}

// What affects what follows.
function key({ dossier }, { screen, dossier: stands, day, since, history, values, seen, visited, traps }) {
  const age = Math.min(
    day - since,
    dossier ? Math.max(0, ...Object.keys(dossier.states[stands].next_in_days)) : Infinity,
  );
  const chosen = traps.map(({ id, chosen }) => `${id} ${chosen}`);
  return JSON.stringify([
    screen,
    stands,
    age,
    history.slice(-3),
    [...values].sort(),
    [...seen].sort(),
    [...visited].sort(),
    chosen.sort(),
  ]);
}
