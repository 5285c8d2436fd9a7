"""Private repositories are not there for others, and gated ones show everything but their files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from huggingface_hub import HfApi
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

if TYPE_CHECKING:
    from tests.hub.hub import Hub

ID = "acme/model"
FILES = {"config.json": b"{}", "model.safetensors": b"weights"}


def as_(hub: Hub, token: str | bool) -> HfApi:  # noqa: FBT001 -- False is how the client says: nobody
    return HfApi(endpoint=hub.url, token=token)


@pytest.fixture
def stranger(hub: Hub) -> str:
    """The token of somebody who belongs to nothing."""
    return hub.account("sam")


def test_a_private_repository_is_there_for_its_members_only(hub: Hub, stranger: str) -> None:
    """Others are told the same as of one that never was."""
    hub.create(ID, FILES, private=True)
    member = as_(hub, hub.account("mia", "acme"))

    assert member.model_info(ID).private is True
    assert Path(member.hf_hub_download(ID, "model.safetensors")).read_bytes() == b"weights"
    assert [one.id for one in member.list_models()] == [ID]
    for token, status in ((stranger, 404), (False, 401)):
        api = as_(hub, token)
        assert list(api.list_models()) == []
        for name in (ID, "acme/nothing"):
            with pytest.raises(RepositoryNotFoundError) as caught:
                api.model_info(name)
            assert caught.value.response.status_code == status
        with pytest.raises(RepositoryNotFoundError):
            api.list_repo_refs(ID)


@pytest.mark.parametrize("gate", ["auto", "manual"])
def test_a_gate_stands_before_the_files_and_nothing_else(gate: str, hub: Hub, stranger: str) -> None:
    """Whoever was let through gets them, as the members do."""
    hub.create(ID, FILES)
    hub.settings(ID, gated="auto" if gate == "auto" else "manual")

    for token, status in ((stranger, 403), (False, 401)):
        api = as_(hub, token)
        info = api.model_info(ID)
        assert (info.gated, info.sha) == (gate, api.list_repo_refs(ID).branches[0].target_commit)
        assert "config.json" in api.list_repo_files(ID)
        for path in FILES:
            with pytest.raises(GatedRepoError) as caught:
                api.hf_hub_download(ID, path)
            assert caught.value.response is not None
            assert caught.value.response.status_code == status

    hub.grant(ID, "sam")
    assert Path(as_(hub, stranger).hf_hub_download(ID, "model.safetensors")).read_bytes() == b"weights"
    assert Path(as_(hub, hub.token).hf_hub_download(ID, "config.json")).read_bytes() == b"{}"


def test_a_gate_can_be_put_up_and_taken_down(hub: Hub) -> None:
    """Settings hold from the next request on."""
    hub.create(ID, FILES, gated="manual", private=True)
    hub.settings(ID, gated=False, private=False)

    api = as_(hub, False)  # noqa: FBT003 -- False is how the client says: nobody
    assert (api.model_info(ID).gated, api.model_info(ID).private) == (False, False)
    assert Path(api.hf_hub_download(ID, "config.json")).read_bytes() == b"{}"


def test_a_private_repository_leaves_no_traces_at_its_old_name(hub: Hub, stranger: str) -> None:
    """Where it went is for those who may see it."""
    hub.create(ID, private=True)
    hub.move(ID, "acme/secret")

    assert as_(hub, hub.token).model_info(ID).id == "acme/secret"
    with pytest.raises(RepositoryNotFoundError):
        as_(hub, stranger).model_info(ID)
    assert "secret" not in str(hub.requests[-1])
    assert hub.requests[-1].status == 404


def test_a_token_that_nobody_has_is_refused(hub: Hub) -> None:
    """It is not taken for no token at all."""
    hub.create(ID, FILES)

    with pytest.raises(HfHubHTTPError) as caught:
        as_(hub, "hf_nobody").model_info(ID)
    assert caught.value.response.status_code == 401
    assert not isinstance(caught.value, RepositoryNotFoundError)
