import { vi } from "vitest";

// Test files follow one another in one process, which has the packages already. Each begins with modules of its own.
vi.resetModules();
