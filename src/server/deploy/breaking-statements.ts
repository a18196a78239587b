/**
 * The statements of a migration that the version still running may not survive. It keeps running for a while after the
 * migration, and runs again if the new version is rolled back. So a migration should only add, and what nobody reads any more
 * is removed by a later version.
 */
export function breakingStatements(statements: readonly string[]): string[] {
  const made = new Set<string>();
  return statements.filter((text) => {
    const code = text.split("\n").map((line) => line.split("--", 1)[0]);
    const sql = code.join(" ").replace(/\s+/g, " ").trim();
    const table = /^CREATE TABLE (?:IF NOT EXISTS )?["`[]?(\w+)/i.exec(sql)?.[1];
    if (table !== undefined) made.add(table.toLowerCase());
    // Nobody uses yet what this migration itself has created.
    const on = /^(?:DROP TABLE (?:IF EXISTS )?|ALTER TABLE |CREATE UNIQUE INDEX .*? ON )["`[]?(\w+)/i.exec(sql)?.[1];
    if (on !== undefined && made.has(on.toLowerCase())) {
      const renamed = /\bRENAME TO ["`[]?(\w+)/i.exec(sql)?.[1];
      if (renamed !== undefined) made.add(renamed.toLowerCase());
      return false;
    }
    return BREAKING.some((pattern) => pattern.test(sql));
  });
}

const BREAKING = [
  /^DROP (?:TABLE|VIEW)\b/i,
  /^ALTER TABLE .*\b(?:DROP|RENAME)\b/i,
  // The older version may insert a value that already exists.
  /^CREATE UNIQUE INDEX\b/i,
  /^CREATE (?:TEMP(?:ORARY)? )?TRIGGER\b.*\bRAISE\b/i,
];
