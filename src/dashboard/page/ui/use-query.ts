import { useState } from "preact/hooks";

/** A part of a view's state that is kept in its address, so that a link leads to exactly that. */
export function useQuery<Value extends string>(
  name: string,
  byDefault: Value,
  known?: readonly Value[],
): [Value, (value: Value) => void] {
  const [value, setValue] = useState<Value>(() => {
    const stated = new URLSearchParams(location.search).get(name) as Value | null;
    return stated !== null && (known === undefined || known.includes(stated)) ? stated : byDefault;
  });
  const set = (changed: Value) => {
    setValue(changed);
    const url = new URL(location.href);
    if (changed === byDefault) url.searchParams.delete(name);
    else url.searchParams.set(name, changed);
    history.replaceState(history.state, "", url);
  };
  return [value, set];
}
