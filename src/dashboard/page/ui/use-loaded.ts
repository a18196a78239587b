import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { CallError, type ProblemShown } from "../api/problem.ts";

/** What a view shows of something that it reads. `data` stays while it is read anew. */
export interface Loaded<Data> {
  data: Data | undefined;
  problem: ProblemShown | null;
  isLoading: boolean;
  reload(): void;
}

/** Reads something when a view is shown, and anew when what it depends on changes. Late answers to older questions are left aside. */
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

/** An error as people read it; one of our own making goes to the console as well. */
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
