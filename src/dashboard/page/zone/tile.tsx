import type { ComponentChildren } from "preact";
import { count, ratio } from "../ui/format.ts";

interface TileProps {
  label: string;
  value: string;
  /** Shown on hover. */
  exact?: string;
  /** The figure now, and in the period before. */
  now?: number;
  before?: number | undefined;
  /** What `before` refers to. */
  than?: string;
  more?: ComponentChildren;
}

/** A figure, and how it has changed. */
export function Tile({ label, value, exact, now, before, than = "the period before", more }: TileProps) {
  return (
    <div class="card">
      <dt>{label}</dt>
      <dd title={exact}>
        {value}
        <span class="change">
          {now !== undefined && before !== undefined && change(now, before, than)}
          {more}
          {"\u00a0"}
        </span>
      </dd>
    </div>
  );
}

/** The change of a ratio in points, since one in percent would mislead. */
export function OfPoints({ now, before }: { now: number; before: number | undefined }) {
  if (before === undefined) return null;
  const points = Math.round((now - before) * 1_000) / 10;
  if (points === 0) return <>as before</>;
  return (
    <>
      {points >= 0 ? "+" : "−"}
      {Math.abs(points).toFixed(1)} points, from {ratio(before)}
    </>
  );
}

/** The change of a time in milliseconds. */
export function OfMilliseconds({ now, before }: { now: number; before: number | undefined }) {
  if (before === undefined) return null;
  if (now === before) return <>as before</>;
  return (
    <>
      {now >= before ? "+" : "−"}
      {count(Math.abs(now - before))} ms, from {count(before)} ms
    </>
  );
}

function change(now: number, before: number, than: string): string {
  if (before === 0) return "none before";
  if (now === before) return `as in ${than}`;
  const part = now / before - 1;
  return `${part >= 0 ? "+" : "−"}${Math.abs(part * 100).toFixed(Math.abs(part) < 0.1 ? 1 : 0)} % from ${than}`;
}
