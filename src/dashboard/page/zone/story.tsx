import { Text } from "../ui/text.tsx";

/** What was decided, step by step. */
export function Story({ steps }: { steps: readonly string[] }) {
  return (
    <ol class="story">
      {steps.map((step, index) => (
        <li key={index}>
          <Text text={step} />
        </li>
      ))}
    </ol>
  );
}
