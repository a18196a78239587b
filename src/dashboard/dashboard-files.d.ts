// Made by src/server/build-dashboard.ts; `imports` in package.json says where it is.
declare module "#dashboard-files" {
  /** A file for browsers, compressed with Brotli. */
  export interface DashboardFile {
    type: string;
    load(): Promise<{ default: ArrayBuffer }>;
  }

  /** The page, which is the same for all of the dashboard's paths. */
  export const page: DashboardFile;
  /** The files that the page loads, by path: each has a hash of its content in its name. */
  export const files: Readonly<Record<string, DashboardFile>>;

  /** For each module of the page, what it loads besides what every page does: paths of scripts, and of styles. */
  export const modules: Readonly<Record<string, { scripts: readonly string[]; styles: readonly string[] }>>;
}
