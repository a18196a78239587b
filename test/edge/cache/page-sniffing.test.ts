import { describe, expect, it } from "vitest";
import { isPageByItsHead } from "../../../src/edge/cache/page-sniffing.ts";

const judged = (text: string, isText = false) => isPageByItsHead(new TextEncoder().encode(text), isText);

describe("isPageByItsHead()", () => {
  it.each([
    "<!DOCTYPE html><p>you",
    "<!doctype  HTML PUBLIC",
    "\ufeff\r\n <html lang=en>",
    "<HTML>",
    "<head>",
    "<body class=x>",
    "<title>You</title>",
    "<script>",
    "<!-- for you --> <!-- and you -->\n<html>",
    '<?xml version="1.0"?>\n<!DOCTYPE html>',
    '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">',
  ])("finds %j to be a page, whatever its name", (text) => {
    expect([judged(text), judged(text, true)]).toEqual([true, true]);
  });

  it.each(["<h1>Your account</h1>", "<div id=x>", "<a href=/>", "<p>", "<table>", "<form method=post>"])(
    "finds %j to be a part of one, but where text is promised",
    (text) => {
      expect([judged(text), judged(text, true)]).toEqual([true, false]);
    },
  );

  it.each([
    "body { color: red }",
    "<!-- --> body {}",
    '<svg xmlns="http://www.w3.org/2000/svg">',
    '<?xml version="1.0"?><!-- Generator --><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"><svg>',
    '<?xml version="1.0"?><rss>',
    "{}",
    "\u0000asm",
    "\x89PNG",
    "htmlx",
    "<htmlx>",
    "< html>",
  ])("finds none in %j", (text) => {
    expect([judged(text), judged(text, true)]).toEqual([false, false]);
  });

  it.each([
    "",
    " \n",
    "<",
    "<!",
    "<!doctype",
    "<!doctype ht",
    "<html",
    "<!--",
    "<!-- for you",
    "<!-- a --> ",
    "<?xml vers",
  ])("waits for more after %j", (text) => {
    expect(judged(text)).toBeNull();
  });

  it.each([" ", "<!-- a", "<a", "\ufeff"])("does not wait for ever: %j", (text) => {
    expect(judged(text.repeat(1_500))).toBe(false);
  });
});
