import { useState } from "preact/hooks";
import type { ProblemShown } from "../api/problem.ts";
import { shownOf } from "./use-loaded.ts";

/** Something that a person does with a button or a form. */
export interface Action<Input extends unknown[]> {
  run(...input: Input): Promise<boolean>;
  isRunning: boolean;
  problem: ProblemShown | null;
  forget(): void;
}

/** Runs what a person asks for, one at a time, and keeps what went wrong. `run` returns whether it succeeded. */
export function useAction<Input extends unknown[]>(act: (...input: Input) => Promise<void>): Action<Input> {
  const [isRunning, setRunning] = useState(false);
  const [problem, setProblem] = useState<ProblemShown | null>(null);
  const run = async (...input: Input) => {
    if (isRunning) return false;
    setRunning(true);
    setProblem(null);
    try {
      await act(...input);
      return true;
    } catch (error) {
      setProblem(shownOf(error));
      return false;
    } finally {
      setRunning(false);
    }
  };
  return { run, isRunning, problem, forget: () => setProblem(null) };
}
