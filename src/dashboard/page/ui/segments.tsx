interface SegmentsProps<Value extends string> {
  /** What is being chosen, for screen readers. */
  legend: string;
  /** Distinguishes the choice from others on the page. */
  name: string;
  options: readonly (readonly [value: Value, label: string])[];
  value: Value;
  set(value: NoInfer<Value>): void;
}

/** A choice of one out of a few, side by side. */
export function Segments<Value extends string>({ legend, name, options, value, set }: SegmentsProps<Value>) {
  return (
    <fieldset class="segments">
      <legend class="unseen">{legend}</legend>
      {options.map(([one, label]) => (
        <label key={one}>
          <input type="radio" name={name} checked={value === one} onChange={() => set(one)} />
          {label}
        </label>
      ))}
    </fieldset>
  );
}
