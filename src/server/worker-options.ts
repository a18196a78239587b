import type { V4MiniflareOptions } from "miniflare";

/** A Worker in a process. */
export type WorkerOptions = Extract<V4MiniflareOptions, { workers: unknown }>["workers"][number];
