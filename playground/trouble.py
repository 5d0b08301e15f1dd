"""Trouble on demand: the next calls of a method fail, dawdle or lose their answer, as Slack's sometimes do."""

from dataclasses import asdict, dataclass
from typing import Literal

from playground.things import Json

Loss = Literal["answer", "request"]


@dataclass(kw_only=True)
class Fault:
    """What happens to the next `times` calls of `method` ("*": of any method)."""

    method: str
    times: int = 1
    status: int | None = None
    error: str | None = None
    retry_after: int | None = None
    slow: float = 0.0
    lose: Loss | None = None

    def __post_init__(self) -> None:
        if self.lose not in {None, "answer", "request"}:
            raise ValueError(f"lose is 'answer' or 'request', not {self.lose!r}")


class Trouble:
    """The faults that wait for their calls, first come first."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.history_lag = 0.0  # seconds for which history and replies do not show a new message

    def add(self, fault: Fault) -> None:
        self.faults.append(fault)

    def calm(self) -> None:
        self.faults.clear()
        self.history_lag = 0.0

    def take(self, method: str) -> Fault | None:
        for fault in self.faults:
            if fault.method in {method, "*"}:
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def payload(self) -> Json:
        return {"faults": [asdict(fault) for fault in self.faults], "history_lag": self.history_lag}
