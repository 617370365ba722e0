package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.Map;

/**
 * The file of a release and how to fetch it.
 *
 * @param sha256 digest of the whole file
 * @param bytes its length
 * @param blockList digest of its encoded block list
 * @param blockListBytes length of that list
 * @param tensorTable digest over where its tensors start, for people
 * @param memoryBytes memory needed to serve it
 * @param diskBytes disk needed to hold it
 */
public record FileNeed(ContentDigest sha256, long bytes, ContentDigest blockList, int blockListBytes,
        ContentDigest tensorTable, long memoryBytes, long diskBytes) {
    /**
     * The entry for a file that was cut.
     *
     * @param memoryBytes memory needed to serve it
     */
    public static FileNeed of(BlockList.Cut cut, long memoryBytes) {
        byte[] list = cut.blocks().encode();
        return new FileNeed(cut.file(), cut.blocks().fileBytes(), ContentDigest.of(list), list.length,
                cut.tensorTable(),
                memoryBytes, cut.blocks().fileBytes());
    }

    JsonObject toJson() {
        return JsonObject.of(Map.of()).with("sha256", sha256.hex()).with("bytes", bytes)
                .with("blockList", blockList.hex()).with("blockListBytes", blockListBytes)
                .with("tensorTable", tensorTable.hex()).with("memoryBytes", memoryBytes).with("diskBytes", diskBytes);
    }

    static FileNeed of(JsonFields fields) {
        long most = JsonNumber.MAX_WHOLE;
        return new FileNeed(new ContentDigest(fields.text("sha256", 64)), fields.whole("bytes", 0, most),
                new ContentDigest(fields.text("blockList", 64)), (int) fields.whole("blockListBytes", 16, 16 << 20),
                new ContentDigest(fields.text("tensorTable", 64)), fields.whole("memoryBytes", 0, most),
                fields.whole("diskBytes", 0, most));
    }
}
