"""With two instances, a request that names one is answered by that one, every time."""

from pathlib import Path

from gateway_engine.events import InstanceState
from tests.integration.engine.running_engine import KEY, gateway

ADMIN = "admin-token-0123456789"


async def test_a_named_instance_answers_every_time(tmp_path: Path) -> None:
    async with gateway(tmp_path, ADMIN_TOKEN=ADMIN, LINGMA_INSTANCE_COUNT=2) as running:
        await running.events.until(
            lambda: all(s.state is InstanceState.READY for s in running.engine.instances()) or None
        )
        names = [status.name for status in running.engine.instances()]
        assert len(names) == 2
        answered = []
        async with running.client() as client:
            for name in (names[1], names[1], names[0], names[1]):
                body = {"model": "any", "messages": [{"role": "user", "content": f"To {name}"}]}
                sent = {
                    "Authorization": f"Bearer {KEY}",
                    "x-api-key": ADMIN,
                    "x-gateway-pin-instance": name,
                }
                async with client.post("/v1/chat/completions", json=body, headers=sent) as reply:
                    assert reply.status == 200, await reply.text()
                    answered.append(reply.headers["x-gateway-instance"])
        assert answered == [names[1], names[1], names[0], names[1]]
