import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { CallError, type ProblemShown } from "../api/problem.ts";

/** The state of something that a view reads and shows. `data` stays while it is read again. */
export interface Loaded<Data> {
  data: Data | undefined;
  problem: ProblemShown | null;
  isLoading: boolean;
  reload(): void;
}

/** Reads something when a view is shown, and again when its inputs change. Late answers to older requests are ignored. */
export function useLoaded<Data>(read: () => Promise<Data>, inputs: readonly unknown[]): Loaded<Data> {
  const [state, setState] = useState<Omit<Loaded<Data>, "reload">>({ data: undefined, problem: null, isLoading: true });
  const [round, setRound] = useState(0);
  const newest = useRef(0);
  useEffect(() => {
    const number = ++newest.current;
    setState((before) => ({ ...before, problem: null, isLoading: true }));
    read().then(
      (data) => {
        if (number === newest.current) setState({ data, problem: null, isLoading: false });
      },
      (error: unknown) => {
        if (number === newest.current) setState((before) => ({ ...before, problem: shownOf(error), isLoading: false }));
      },
    );
    return () => {
      newest.current++;
    };
  }, [...inputs, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { ...state, reload };
}

/** An error in a form for people; the console also gets our own mistakes, with their stack. */
export function shownOf(error: unknown): ProblemShown {
  if (error instanceof CallError) return error.shown;
  console.error(error);
  return {
    sentence: "Something went wrong on this page. Reload it, and try again.",
    fields: {},
    status: null,
    requestId: null,
  };
}
