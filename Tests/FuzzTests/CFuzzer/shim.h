// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.
#pragma once
#include <stddef.h>
#include <stdint.h>

// libFuzzer as a library (LLVM manual, "Using libFuzzer as a library"); no header of its own declares it.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
