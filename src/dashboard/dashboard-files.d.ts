// Made by src/server/build-dashboard.ts; `imports` in package.json says where.
declare module "#dashboard-files" {
  /** A file for browsers, compressed with Brotli. */
  export interface DashboardFile {
    type: string;
    load(): Promise<{ default: ArrayBuffer }>;
  }

  /** The page that all of the dashboard's paths show. */
  export const page: DashboardFile;
  /** What the page loads, by path: each has a hash of what it holds in its name. */
  export const files: Readonly<Record<string, DashboardFile>>;

  /** By a module of the page what it loads beside what every page does: paths of scripts, and of styles. */
  export const modules: Readonly<Record<string, { scripts: readonly string[]; styles: readonly string[] }>>;
}
