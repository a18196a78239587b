import { PERIODS, type PeriodName, type Unit, unitOf } from "../../period.ts";

interface PeriodChoiceProps {
  period: PeriodName;
  setPeriod(period: PeriodName): void;
  unit: Unit;
  /** `auto`: what goes with the period. */
  setBy(by: Unit | "auto"): void;
  refresh(): void;
}

/** Which period is shown, and by what. */
export function PeriodChoice({ period, setPeriod, unit, setBy, refresh }: PeriodChoiceProps) {
  return (
    <div class="choices">
      <fieldset class="segments">
        <legend class="unseen">Period</legend>
        {PERIODS.map(([name, label]) => (
          <label key={name}>
            <input type="radio" name="period" checked={period === name} onChange={() => setPeriod(name)} />
            {label}
          </label>
        ))}
      </fieldset>
      {period !== "24h" && (
        <fieldset class="segments">
          <legend class="unseen">By</legend>
          {(["hour", "day"] as const).map((name) => (
            <label key={name}>
              <input
                type="radio"
                name="by"
                checked={unit === name}
                onChange={() => setBy(name === unitOf(period) ? "auto" : name)}
              />
              By {name}
            </label>
          ))}
        </fieldset>
      )}
      <button type="button" class="button quiet small" onClick={refresh}>
        Refresh
      </button>
    </div>
  );
}
