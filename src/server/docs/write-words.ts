/** `npm run guide-words`: writes what the code says about each word of `Cache-Status` into the guide that explains them. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../project.ts";
import { withWords } from "./words-section.ts";

const path = join(projectRoot, "src/docs/why-not-cached.md");
writeFileSync(path, withWords(readFileSync(path, "utf8")));
