import { PERIODS, type PeriodName, type Unit, unitOf } from "../../period.ts";
import { Segments } from "../ui/segments.tsx";

const UNITS = [
  ["hour", "By hour"],
  ["day", "By day"],
] as const;

interface PeriodChoiceProps {
  period: PeriodName;
  setPeriod(period: PeriodName): void;
  unit: Unit;
  /** `auto`: the default for the period. */
  setBy(by: Unit | "auto"): void;
  refresh(): void;
}

/** Chooses the period to show, and its unit. */
export function PeriodChoice({ period, setPeriod, unit, setBy, refresh }: PeriodChoiceProps) {
  return (
    <div class="choices">
      <Segments legend="Period" name="period" options={PERIODS} value={period} set={setPeriod} />
      {period !== "24h" && (
        <Segments
          legend="By"
          name="by"
          options={UNITS}
          value={unit}
          set={(name) => setBy(name === unitOf(period) ? "auto" : name)}
        />
      )}
      <button type="button" class="button quiet small" onClick={refresh}>
        Refresh
      </button>
    </div>
  );
}
