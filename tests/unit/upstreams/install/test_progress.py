"""Progress that is worth telling: rarely, with a speed of the last seconds."""

from gateway_engine.upstreams.lingma.install.progress import (
    InstallProgress,
    InstallStep,
    Speedometer,
)


def test_speed_time_left_and_how_often() -> None:
    told: list[InstallProgress] = []
    now = [0.0]
    meter = Speedometer(InstallStep.DOWNLOADING, told.append, lambda: now[0])
    for step in range(101):
        now[0] = step / 50
        meter.at(step * 10, 1000, last=step == 100)
    assert 19 <= len(told) <= 21
    assert told[-1].bytes_done == told[-1].bytes_total == 1000
    assert abs(told[-1].bytes_per_s - 500) < 1
    half = told[len(told) // 2]
    assert half.seconds_left is not None
    assert abs(half.seconds_left - (1000 - half.bytes_done) / 500) < 0.01


def test_the_speed_is_that_of_now() -> None:
    told: list[InstallProgress] = []
    now = [0.0]
    meter = Speedometer(InstallStep.DOWNLOADING, told.append, lambda: now[0])
    for second in range(20):
        now[0] = float(second)
        meter.at(second * 1000 if second < 10 else 9000 + second, 0)
    assert told[-1].bytes_per_s < 10
    assert told[-1].seconds_left is None
    meter.reset()
    now[0] = 30.0
    meter.at(5, 10)
    assert told[-1] == InstallProgress(InstallStep.DOWNLOADING, 5, 10, 0.0, None)
