"""The replay of whole companies' deals in small: `python -m tests.replay FOLDER` takes real ones."""

from pathlib import Path

import pytest

from storage.db import Database
from tests.replay.check import faults
from tests.replay.run import replay

pytestmark = pytest.mark.slow
FILES = {
    "olist_marketing_qualified_leads_dataset.csv": """mql_id,first_contact_date,landing_page_id,origin
m-1,2018-02-01,l-1,social
m-2,2018-03-03,l-1,email
m-3,2018-03-04,l-1,email
""",
    # The second was won before its first contact, the third has a lead that nobody knows.
    "olist_closed_deals_dataset.csv": """mql_id,seller_id,sdr_id,sr_id,won_date,business_segment
m-1,s-1,sdr-9,sr-4,2018-02-26 23:58:54,pet
m-2,s-2,sdr-9,sr-4,2018-03-01 09:00:00,toys
m-9,s-3,sdr-9,sr-4,2018-07-01 00:10:00,toys
""",
    "sales_pipeline.csv": """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
A1,Amy Jones,GTX,Globex,Won,2016-10-20,2017-03-01,1054
A2,Ben Okafor,GTX,Initech,Lost,2016-10-25,2017-03-31,0
A3,Ben Okafor,GTX,Initrode,Engaging,2016-12-01,,
""",
    "sales_teams.csv": "sales_agent,manager,regional_office\nAmy Jones,Hal Hart,Central\nBen Okafor,Hal Hart,Central\n",
}


async def test_each_closed_deal_has_one_retro_whose_days_are_those_of_the_files(
    tmp_path: Path, db: Database
) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)

    history = await replay(db, tmp_path, looks=4)

    assert faults(tmp_path, history.told) == []
    assert (len(history.told), len(history.heads), history.pictures) == (5, 4, 4)
    wrong = [{**history.told[0], "days": [1, 1, 1]}, *history.told[1:-1], history.told[1]]
    assert len(faults(tmp_path, wrong)) == 4  # not those days, not that sum, one twice, one not there
