"""The stages of `peyvand bench insight`, from facts to forecasts. Here are the heavy ones; the shop they measure is
filled, and each is given a process of its own, by doors.console.measuring.
"""
