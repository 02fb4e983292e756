"""128 kB of flash and 20 kB of RAM are not much."""

from memex.demo.script import claude, codex, edit, grep, prompt, read, say, shell, think, together

HARD_FAULT = claude(
    "hard-fault",
    "Hard fault after OTA: stack overflow in the update task",
    17,
    "19:45",
    prompt(
        """
        device hard faults right after an OTA image was verified, reboots into the old slot. fault dump
        below, elf is build/hearth.elf

        PC=0x08004a1c LR=0x080049f7 CFSR=0x00000082 MMFAR=0x20004ff8 task="ota"
        """
    ),
    together(
        shell(
            "arm-none-eabi-addr2line -f -e build/hearth.elf 0x08004a1c 0x080049f7",
            "sha256_final\nsrc/crypto/sha256.c:141\nota_verify\nsrc/ota/verify.c:33\n",
            about="Names for PC and LR",
        ),
        shell(
            "arm-none-eabi-nm -S build/hearth.elf | grep -i ota_stack",
            "20004e00 00000400 b ota_stack",
            about="Where the stack of the task is",
        ),
    ),
    think(
        """
        MMFAR 0x20004ff8 in ota_stack 0x20004e00..0x20005200? yes but guard region at...
        MMARVALID+DACCVIOL. 1 kB.
        """
    ),
    say(
        """
        CFSR 0x82 is a data access violation with a valid address, 0x20004ff8: the MPU guard under the
        stack of the `ota` task. So this is no wild pointer but a **stack overflow**, in `sha256_final`
        called by `ota_verify`. The stack has 1,024 bytes. How much does the path need?
        """
    ),
    shell(
        "make -s STACK_USAGE=1 && sort -k2 -nr build/**/*.su | head -n 4",
        """
        src/ota/verify.c:24:6:ota_verify	 672	static
        src/crypto/sha256.c:120:6:sha256_final	 312	static
        src/crypto/sha256.c:60:13:compress	 288	static
        src/log.c:18:5:log_printf	 240	static
        """,
        about="Stack use of every function",
        seconds=19,
    ),
    say(
        """
        672 + 312 + 288 = 1,272 bytes, above the 1,024 of the task. The 512-byte page buffer in
        `ota_verify` is the cause.
        """
    ),
    read("src/ota/verify.c"),
    edit(
        "src/ota/verify.c",
        "uint8_t page[512];",
        "static uint8_t page[512]; /* only the ota task verifies: not on its stack */",
    ),
    shell(
        "make -s test flash && timeout 120 python tools/ota.py --image build/hearth.bin --watch",
        """
        tests/test_ota.c: 14 passed
        [ota] 100 % received, 96,408 bytes
        [ota] verify ok
        [boot] slot B, confirmed
        """,
        about="Host tests, flash, then a real update",
        seconds=102,
    ),
    say(
        """
        The update goes through and slot B is confirmed. The high-water mark of the task now leaves 216
        bytes.
        """
    ),
    branch="fix/ota-fault",
    files={
        "src/ota/verify.c": """
            #include "sha256.h"

            /* The image in the other slot, page by page. */
            bool ota_verify(uint32_t base, uint32_t size, const uint8_t expected[32])
            {
                    uint8_t page[512];
                    struct sha256 state;

                    sha256_init(&state);
                    for (uint32_t at = 0; at < size; at += sizeof(page))
                            sha256_update(&state, flash_read(base + at, page), sizeof(page));
                    return sha256_equals(&state, expected);
            }
            """,
    },
)

FLASH_OVERFLOW = codex(
    "flash-overflow",
    "Linker: region FLASH overflowed by 1824 bytes",
    66,
    "21:10",
    prompt(
        """
        adding the german strings broke the build, linker says region FLASH overflowed. get me at least 4k
        back, no -Oz
        """
    ),
    shell(
        "make 2>&1 | tail -n 4",
        """
        arm-none-eabi-ld: build/hearth.elf section `.text' will not fit in region `FLASH'
        arm-none-eabi-ld: region `FLASH' overflowed by 1824 bytes
        collect2: error: ld returned 1 exit status
        make: *** [Makefile:61: build/hearth.elf] Error 1
        """,
        exit=2,
        seconds=14,
    ),
    shell(
        "arm-none-eabi-nm --size-sort -S build/hearth.map.o | tail -n 5",
        """
        0800c1f4 00000638 T _dtoa_r
        0800d40c 00000a24 T _svfprintf_r
        0801a000 00000c00 R font_24px
        08018400 00001c00 R font_32px
        """,
    ),
    grep("%f|%.1f|lto", ""),
    say(
        """
        Two cheap wins: float `printf` pulls in `_dtoa_r` and friends (about 5.2 kB) for a single `%.1f`,
        and LTO is off. Temperatures are already in hundredths, so integers can print them.
        """
    ),
    edit(
        "src/ui/temperature.c",
        'snprintf(text, size, "%.1f", centi / 100.0f);',
        'snprintf(text, size, "%s%d.%d", centi < 0 ? "-" : "", abs(centi) / 100, abs(centi) / 10 % 10);',
    ),
    edit("Makefile", "LDFLAGS += -Wl,--gc-sections", "LDFLAGS += -Wl,--gc-sections -flto"),
    shell(
        "make 2>&1 | tail -n 3 && make test",
        """
        Memory region         Used Size  Region Size  %age Used
                   FLASH:      123412 B       128 KB     94.16%
        tests: 61 passed
        """,
        seconds=31,
    ),
    say(
        """
        123,412 of 131,072 bytes: 7.6 kB free with the German strings in. -0.4 °C has a test, it lost its
        sign before.
        """
    ),
    files={
        "src/ui/temperature.c": """
            void temperature_text(char *text, size_t size, int centi)
            {
                    snprintf(text, size, "%.1f", centi / 100.0f);
            }
            """,
        "Makefile": """
            CFLAGS += -O2 -ffunction-sections
            LDFLAGS += -Wl,--gc-sections
            """,
    },
)
