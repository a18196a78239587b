import { isOfHttp, testParsers } from "./test-parsers.ts";

testParsers(isOfHttp);
