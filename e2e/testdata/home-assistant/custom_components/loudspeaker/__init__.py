"""A voice and a loudspeaker for tests: what is spoken becomes the event spoken."""

from homeassistant.components import media_source
from homeassistant.components.media_player import (
    DATA_COMPONENT as MEDIA_PLAYERS,
    MediaPlayerEntity,
    MediaPlayerEntityFeature,
    MediaPlayerState,
)
from homeassistant.components.tts import DATA_COMPONENT as VOICES, TextToSpeechEntity
from homeassistant.helpers.aiohttp_client import async_get_clientsession


class Voice(TextToSpeechEntity):
    """Turns a text into a sound that says nothing else."""

    _attr_name = "Piper"
    _attr_default_language = "en"
    _attr_supported_languages = ["en"]

    async def async_get_tts_audio(self, message, language, options):
        return "mp3", message.encode()


class Loudspeaker(MediaPlayerEntity):
    """Fetches a sound as a network player does."""

    _attr_name = "Living room"
    _attr_state = MediaPlayerState.IDLE
    _attr_supported_features = MediaPlayerEntityFeature.PLAY_MEDIA

    async def async_play_media(self, media_type, media_id, **kwargs):
        sound = await media_source.async_resolve_media(self.hass, media_id, self.entity_id)
        url = f"http://127.0.0.1:{self.hass.http.server_port}{sound.url}"
        async with async_get_clientsession(self.hass).get(url) as response:
            response.raise_for_status()
            text = (await response.read()).decode(errors="replace")
        self.hass.bus.async_fire("spoken", {"text": text})


async def async_setup(hass, config):
    """Add both."""
    await hass.data[VOICES].async_add_entities([Voice()])
    await hass.data[MEDIA_PLAYERS].async_add_entities([Loudspeaker()])
    return True
