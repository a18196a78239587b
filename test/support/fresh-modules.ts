import { vi } from "vitest";

// Test files follow one another in one process, which has already loaded the packages. Each begins with new modules.
vi.resetModules();
