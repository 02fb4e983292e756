"""hearth: firmware in C for a room thermostat (STM32, FreeRTOS)."""

from memex.demo.projects.hearth.memory import FLASH_OVERFLOW, HARD_FAULT
from memex.demo.projects.hearth.sensors import BUS_STUCK, NAN_TEMPERATURE
from memex.demo.script import Project

PROJECT = Project(
    "hearth",
    "/home/robin/firmware/hearth",
    "git@git.example.org:robin/hearth.git",
    (HARD_FAULT, FLASH_OVERFLOW, NAN_TEMPERATURE, BUS_STUCK),
)
