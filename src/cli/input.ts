import { readFile } from "node:fs/promises";
import { buffer, text } from "node:stream/consumers";
import { misused } from "./failed.ts";

/** All of the standard input. */
export function standardInput(): Promise<string> {
  return text(process.stdin);
}

/**
 * The bytes that an argument stands for: `-` the standard input, `@name` a file, anything else itself. So secrets need not be
 * in an argument, where other users and the shell's history would see them.
 */
export async function bytesOf(argument: string): Promise<Uint8Array> {
  if (argument === "-" || argument === "@-") return buffer(process.stdin);
  if (argument.startsWith("@@")) return new TextEncoder().encode(argument.slice(1));
  if (!argument.startsWith("@")) return new TextEncoder().encode(argument);
  return readNamed(argument.slice(1));
}

/** As {@link bytesOf}, as text. */
export async function textOf(argument: string): Promise<string> {
  return new TextDecoder().decode(await bytesOf(argument));
}

/** A file that somebody named. @throws if it cannot be read */
export async function readNamed(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw misused(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

/** JSON that somebody wrote. @param where it comes from, for a sentence */
export function parseJson(json: string, where: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw misused(`${where} is not JSON: ${(error as Error).message}`);
  }
}

/** Why a file cannot be used. */
export function reasonOf(error: unknown): string {
  const reasons: Record<string, string> = {
    ENOENT: "it does not exist",
    EACCES: "you may not",
    EISDIR: "it is a folder",
    ENOTDIR: "a part of its path is not a folder",
  };
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ""] ?? message;
}

/** A number from an option. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw misused(`${JSON.stringify(text)} is not a whole number`);
  return Number(text);
}

/** Collects an option that may be given several times. */
export function collected(value: string, before: string[] = []): string[] {
  return [...before, value];
}
