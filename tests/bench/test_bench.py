"""The bench itself: its shape and its scripts. No figure is asserted anywhere."""

from bench import capture, report, run
from bench.measuring import Burst

KEYS = {"ratio", "per_second", "p50_ms", "p99_ms", "cpu_ms"}


def burst(rate: float, *latencies: float) -> Burst:
    return Burst(
        per_second=rate,
        count=len(latencies),
        app_ms=2.0,
        database_ms=1.0,
        latencies=list(latencies),
    )


def test_figures_are_medians_and_the_ratio_is_to_the_best_form_of_each_round():
    http = [burst(50, 1, 2, 3), burst(40, 4, 5), burst(90, 9)]
    simple = [burst(100, 1), burst(100, 1), burst(100, 1)]
    prepared = [burst(50, 1), burst(200, 1), burst(50, 1)]

    found = report.figures(http, simple, prepared)

    assert found.keys() >= KEYS
    assert found["per_second"] == 50
    assert found["ratio"] == 0.5
    assert found["ratio_range"] == [0.2, 0.9]
    assert found["p99_ms"] == 9
    assert found["cpu_ms"] == 3.0


def test_the_file_names_each_operation_and_its_variants():
    measured = {
        "till_ticket": report.figures([burst(1, 1)]),
        "till_ticket/8_tills": report.figures([burst(8, 1)]),
    }

    told = report.whole(
        measured, memory=[{"rss": 90.5, "pss": 60.0}], machine={"cores": 2}, run={}
    )

    assert told["till_ticket"].keys() >= KEYS
    assert told["till_ticket"]["8_tills"]["per_second"] == 8
    assert told["memory_mb"] == 90.5
    assert "till_ticket/8_tills" in report.table(measured)


def test_statements_are_read_from_the_servers_log():
    log = (
        "=bench= 12 retail_shared LOG:  statement: SELECT 1\n"
        "=bench= 12 retail_shared LOG:  statement: SELECT a\n\tFROM b\n"
        "=bench= 13 retail_default LOG:  statement: SELECT c\n"
    )

    found = capture.business(capture.parse(log), "retail_shared")

    assert found == ["SELECT a\nFROM b"]


def test_a_script_makes_new_ids_wherever_the_order_had_its_own():
    own, place = "01a2018375247eedb45d0b461029c9ea", "38a1fc772d1a573db516dc0d2e73526e"
    dashed = "01a20183-7524-7eed-b45d-0b461029c9ea"
    order = [f"SELECT '{own}'::uuid, '{place}'::uuid, 'x:{dashed}'"]
    other = [f"SELECT '{'1' * 32}'::uuid, '{place}'::uuid, 'x'"]

    fresh = capture.fresh_tokens(order, other)
    script = capture.script(order, fresh)

    assert fresh == [own]
    assert own not in script
    assert dashed not in script
    assert place in script
    assert "'01a2018375247000" in script
    assert "'01a20183-7524-7000-8000-'" in script


def test_a_colon_in_a_text_is_no_variable_of_pgbench():
    assert ":MI" not in capture.verbatim(["SELECT to_char(now(), 'HH24:MI')"])


def test_the_command_line_is_there():
    assert callable(run.main)


def test_a_text_with_escapes_stays_one_in_each_of_its_pieces():
    own = "01a2018375247eedb45d0b461029c9ea"
    made = capture.script([rf"SELECT E'\\u00e9 {own} \'{own}\''"], [own])
    assert rf"(E'\\u00e9 ' || '{own[:12]}7000" in made
    assert rf"|| E' \'' || '{own[:12]}7000" in made
    assert r"|| E'\''" in made
