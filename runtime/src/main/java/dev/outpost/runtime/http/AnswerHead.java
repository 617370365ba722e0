package dev.outpost.runtime.http;

/**
 * What every piece of one answer repeats.
 *
 * @param id one id over all chunks
 * @param created seconds since 1970
 * @param model the served model's id
 * @param fingerprint changes when the model or the engine does
 * @param logprobs whether log-probabilities were asked for
 * @param usageAnnounced whether chunks carry {@code usage:null} ahead of the last
 */
record AnswerHead(String id, long created, String model, String fingerprint, boolean logprobs,
        boolean usageAnnounced) {

    void write(JsonWriter json, String object) {
        json.member("id", id);
        json.member("object", object);
        json.member("created", created);
        json.member("model", model);
        json.member("system_fingerprint", fingerprint);
    }
}
