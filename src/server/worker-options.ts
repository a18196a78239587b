import type { V4MiniflareOptions } from "miniflare";

/** A Worker of a process. */
export type WorkerOptions = Extract<V4MiniflareOptions, { workers: unknown }>["workers"][number];
