"""Dead letters keep what was sent, not what would be sent now."""

import json

from stand_ins.house import House

from bridge.demo.botapi import Fault, Refusal


def test_a_dead_letter_keeps_what_was_sent_whatever_the_article_says_later(tmp_path):
    with House(tmp_path, backfill=1) as house:
        house.api.script(Fault("error", refusal=Refusal(400, "Bad Request: something odd")))
        house.run()
        [(number, state)] = house.query("SELECT id, state FROM deliveries WHERE destination = 'group' AND attempts > 0")
        assert state == "dead"
        before = json.loads(house.command("deliveries", "show", str(number), "--json").stdout)["payload"]
        house.portal.edit(house.portal.stories[0].id, title="改过的标题")
        house.later()
        house.run("--now")
        shown = json.loads(house.command("deliveries", "show", str(number), "--json").stdout)
        assert shown["title"] == "改过的标题"
        assert shown["payload"] == before
        assert "改过的标题" not in before
        assert "the payload as it was sent" in house.command("deliveries", "show", str(number)).stdout
