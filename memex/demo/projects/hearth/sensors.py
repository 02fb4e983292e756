"""A temperature that is not a number, and a bus that nobody could free."""

from memex.demo.script import (
    claude,
    edit,
    failed,
    fetch,
    grep,
    interrupt,
    prompt,
    read,
    say,
    shell,
    think,
    together,
    write,
)

NAN_TEMPERATURE = claude(
    "nan-temperature",
    "Display shows nan when the thermistor is unplugged",
    54,
    "20:30",
    prompt(
        """
        display shows "nan°" and heating stays ON when the external thermistor is unplugged. dangerous.
        fix it properly
        """
    ),
    together(read("src/sensors/thermistor.c"), grep("thermistor_celsius", "src/")),
    say(
        """
        Unplugged, the ADC reads full scale, so `4095 - raw` is 0 and the division gives infinity; `logf`
        and the sum make NaN of it. And every comparison with NaN is false: `if (celsius >= target)
        heater_off();` never runs. That is why the heating stays on: the control fails **open**.
        """
    ),
    edit(
        "src/sensors/thermistor.c",
        """
        float thermistor_celsius(uint16_t raw)
        {
                float ohm = SERIES_OHM * raw / (4095 - raw);
                return 1.0f / (1.0f / 298.15f + logf(ohm / NOMINAL_OHM) / BETA) - 273.15f;
        }
        """,
        """
        /* False when the sensor is unplugged (full scale) or shorted (zero): there is no temperature then. */
        bool thermistor_celsius(uint16_t raw, float *celsius)
        {
                if (raw < RAW_SHORTED || raw > RAW_UNPLUGGED)
                        return false;
                float ohm = SERIES_OHM * raw / (4095 - raw);
                *celsius = 1.0f / (1.0f / 298.15f + logf(ohm / NOMINAL_OHM) / BETA) - 273.15f;
                return true;
        }
        """,
    ),
    edit(
        "src/control.c",
        """
        if (thermistor_celsius(adc_read(CH_ROOM)) >= target)
                heater_off();
        """,
        """
        float celsius;
        if (!thermistor_celsius(adc_read(CH_ROOM), &celsius))
                heater_fault(FAULT_SENSOR); /* off, and says so */
        else if (celsius >= target)
                heater_off();
        """,
    ),
    write(
        "tests/test_thermistor.c",
        """
        #include "unity.h"
        #include "thermistor.h"

        void test_unplugged_is_no_temperature(void)
        {
                float celsius;
                TEST_ASSERT_FALSE(thermistor_celsius(4095, &celsius));
        }

        void test_25_degrees_at_half_scale(void)
        {
                float celsius;
                TEST_ASSERT_TRUE(thermistor_celsius(2047, &celsius));
                TEST_ASSERT_FLOAT_WITHIN(0.1f, 25.0f, celsius);
        }
        """,
    ),
    shell(
        "make test 2>&1 | tail -n 4",
        """
        src/ui/home.c:40:29: error: too few arguments to function 'thermistor_celsius'
        make: *** [Makefile:88: build/host/ui/home.o] Error 1
        """,
        exit=2,
        about="Host tests",
        seconds=6,
    ),
    say("The home screen reads it too. It should show dashes when there is no temperature."),
    edit(
        "src/ui/home.c",
        "show_number(thermistor_celsius(adc_read(CH_ROOM)));",
        """
        float celsius;
        if (thermistor_celsius(adc_read(CH_ROOM), &celsius))
                show_number(celsius);
        else
                show_text("--.-");
        """,
    ),
    shell("make test 2>&1 | tail -n 1", "tests: 64 passed", about="Host tests", seconds=7),
    say(
        """
        Unplugged: heating off, fault on the display, dashes for the number. No NaN can reach a comparison
        any more.
        """
    ),
    branch="fix/sensor-fault",
    files={
        "src/sensors/thermistor.c": """
            #include "thermistor.h"

            float thermistor_celsius(uint16_t raw)
            {
                    float ohm = SERIES_OHM * raw / (4095 - raw);
                    return 1.0f / (1.0f / 298.15f + logf(ohm / NOMINAL_OHM) / BETA) - 273.15f;
            }
            """,
        "src/control.c": """
            void control_step(float target)
            {
                    if (thermistor_celsius(adc_read(CH_ROOM)) >= target)
                            heater_off();
                    else
                            heater_on();
            }
            """,
        "src/ui/home.c": """
            void home_draw(void)
            {
                    show_number(thermistor_celsius(adc_read(CH_ROOM)));
            }
            """,
    },
)

BUS_STUCK = claude(
    "bus-stuck",
    "I²C bus stuck low after a brown-out",
    2,
    "21:30",
    prompt(
        """
        after a short power dip the humidity sensor never answers again until a full power cycle. i2c SDA
        is low the whole time on the scope. need a recovery in software
        """
    ),
    read("src/sensors/i2c.c"),
    say(
        """
        The MCU was reset in the middle of a read: the sensor still wants to clock out a 0 and holds SDA.
        The usual cure is up to nine clock pulses by hand until SDA is released, then a stop condition.
        """
    ),
    edit(
        "src/sensors/i2c.c",
        """
        void i2c_init(void)
        {
        """,
        """
        static void i2c_free_bus(void)
        {
                gpio_open_drain(PIN_SCL);
                for (int pulse = 0; pulse < 9 && !gpio_read(PIN_SDA); pulse++) {
                        gpio_write(PIN_SCL, 0);
                        delay_us(5);
                        gpio_write(PIN_SCL, 1);
                        delay_us(5);
                }
        }

        void i2c_init(void)
        {
                i2c_free_bus();
        """,
    ),
    shell(
        "make -s flash && python tools/brownout.py --dips 20 --ms 8",
        """
        dip  1: humidity ok
        dip  2: humidity ok
        dip  3: TIMEOUT i2c: SDA low, 9 pulses sent, still low
        """,
        exit=1,
        about="Flash, then 20 short power dips",
        seconds=64,
    ),
    think(
        """
        Still low after 9 pulses: perhaps SCL is held too (clock stretching)? or the sensor is latched up
        (brown-out).
        """
    ),
    say(
        """
        Two dips recover, the third does not: SDA stays low even after nine pulses. Let me see what the
        sensor's manual says.
        """
    ),
    fetch(
        "https://docs.example-sensors.com/hx40/brownout",
        "What happens below the minimum supply voltage, and how is the sensor reset?",
        """
        Below 1.8 V the state is undefined. A power-on reset needs a supply below 0.4 V for 1 ms.
        A soft reset command needs a working bus.
        """,
    ),
    failed(
        edit(
            "src/sensors/i2c.c",
            "i2c_free_bus();",
            "i2c_free_bus();\ngpio_write(PIN_SENSOR_POWER, 0); /* PB4 */",
        ),
        "The user doesn't want to proceed with this tool use: PB4 is the buzzer on rev C!",
    ),
    interrupt(),
    prompt(
        "on rev C there is no switch for the sensor supply. any other idea without a hardware change?",
        after=4,
    ),
    say(
        """
        Honestly: no certain one. The sensor sees a dip to about 1.2 V, too low to work and too high to
        reset, so it is in an undefined state, and only its supply can reset it. Three things to try, none
        of them proven:

        1. hold SCL low for 100 ms (some parts reset their bus logic on a time-out; this manual does not
           promise it)
        2. drain the supply faster in a dip by switching the display's backlight on
        3. a bigger capacitor, so that short dips do not reach the sensor at all (hardware)
        """
    ),
    shell(
        "python tools/brownout.py --dips 20 --ms 8 --firmware build/scl-low-100ms.bin | tail -n 2",
        "dip 11: TIMEOUT i2c: SDA low, 9 pulses sent, still low\n3 of 20 dips not recovered",
        exit=1,
        about="Try idea 1",
        seconds=210,
    ),
    say(
        """
        Better, but not solved: 3 of 20 dips still end with a stuck bus. I'd leave this open until rev D
        has the switch.
        """
    ),
    branch="wip/i2c-recovery",
    files={
        "src/sensors/i2c.c": """
            #include "i2c.h"

            void i2c_init(void)
            {
                    rcc_enable(RCC_I2C1);
                    gpio_alternate(PIN_SCL, 4);
                    gpio_alternate(PIN_SDA, 4);
                    I2C1->TIMINGR = 0x00303d5b;
                    I2C1->CR1 = I2C_CR1_PE;
            }
            """,
    },
)
