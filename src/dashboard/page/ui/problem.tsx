import type { ProblemShown } from "../api/problem.ts";

/** Says why something did not work, in the place where it was requested. */
export function Problem({ problem, retry }: { problem: ProblemShown | null; retry?: () => void }) {
  if (problem === null) return null;
  const details = Object.entries(problem.fields);
  return (
    <div class="notice bad" role="alert">
      <p>{problem.sentence}</p>
      {details.length > 0 && (
        <ul>
          {details.map(([field, message]) => (
            <li key={field}>
              <code>{field}</code> {message}
            </li>
          ))}
        </ul>
      )}
      {problem.requestId !== null && problem.status !== null && problem.status >= 500 && (
        <p class="muted">
          Tell the operator: <code>{problem.requestId}</code>
        </p>
      )}
      {retry !== undefined && (
        <button type="button" class="button quiet" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
