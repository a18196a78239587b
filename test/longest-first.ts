import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { projectRoot } from "../src/server/project.ts";

/** The files that take longest, in that order: one that began last would leave the other cores with nothing to do. */
const LONGEST = [
  "test/server/deploy/deploy.test.ts",
  "test/server/backup.test.ts",
  "test/api/access.test.ts",
  "test/network/network.test.ts",
  "test/dashboard/layout-shift.test.ts",
  "test/dashboard/accessibility.test.ts",
  "test/server/webhooks.test.ts",
  "test/server/local-cache.test.ts",
  "test/server/docs/guide-commands.test.ts",
  "test/server/restore.test.ts",
  "test/server/stopping.test.ts",
  "test/model/random-requests.test.ts",
];

/**
 * Has these run before all others of their project, which come as vitest would have them: project by project, since a process that
 * has the modules of one goes on with its next file.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const projects = [...new Set(sorted.map(({ project }) => project))];
    const rank = ({ moduleId, project }: TestSpecification) => {
      const place = LONGEST.indexOf(relative(projectRoot, moduleId));
      return projects.indexOf(project) * 1_000 + (place === -1 ? LONGEST.length : place);
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
