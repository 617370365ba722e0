package dev.outpost.runtime;

import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineOptions;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.quant.QuantType;
import dev.outpost.provisioning.TestCarrier;
import dev.outpost.provisioning.gate.ProbeFailedException;
import dev.outpost.provisioning.manifest.FileNeed;
import dev.outpost.provisioning.manifest.GateLimits;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.store.BlockSource;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.verify.TrustFixture;
import dev.outpost.runtime.update.LoadedModel;
import dev.outpost.runtime.update.ModelAnswers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Small real models with releases signed by real keys. Making keys is slow, so one fleet serves all tests of a JVM. */
final class SignedModels {
    static final TrustFixture TRUST = new TrustFixture();
    static final String LINE = "press-assistant";
    static final String QUESTION = "what is two and two?";
    static final int TRIAL_ANSWERS = 3;

    /** A model file and what it answers to {@link #QUESTION}. */
    record Tiny(byte[] bytes, ContentDigest digest, String answer) {
        BlockList.Cut cut() {
            return BlockList.cut(source(bytes), BlockSizes.STANDARD);
        }

        Carrier carrier() {
            return new TestCarrier("test").offers(bytes, cut().blocks());
        }
    }

    /** Both signed documents of an offer. */
    record Offer(byte[] fleet, byte[] release) {}

    private SignedModels() {}

    /** A model of its own weights; its answer is asked of a real engine. */
    static Tiny tiny(Path folder, long seed) throws ProbeFailedException {
        byte[] bytes = TinyModel.of("llama", QuantType.Q8_0).withContext(512).withSeed(seed).bytes();
        Path file = TinyModel.of("llama", QuantType.Q8_0).withContext(512).withSeed(seed)
                .write(folder.resolve("seed-" + seed + ".gguf"));
        try (Engine engine = Engine.open(file, EngineOptions.DEFAULTS.withThreads(1))) {
            ContentDigest digest = ContentDigest.of(bytes);
            String answer = ModelAnswers.of(new LoadedModel(file, Optional.of(digest), engine), question(""));
            return new Tiny(bytes, digest, answer);
        }
    }

    static GoldenQuestion question(String expect) {
        return new GoldenQuestion(QUESTION, expect, 12);
    }

    /** A release of a model that must answer {@code expect}, and the fleet document that wants it. */
    static Offer offer(long counter, Tiny model, String expect) {
        return offer(counter, counter, model.cut(), List.of(question(expect)));
    }

    static Offer offer(long version, long counter, BlockList.Cut cut, List<GoldenQuestion> golden) {
        ReleaseManifest base = TrustFixture.release(counter, FileNeed.of(cut, 1));
        var release = new ReleaseManifest(base.kind(), LINE, counter, base.title(), base.file(), "Q8_0",
                base.minimumRuntime(), base.profiles(), base.licence(), golden,
                new GateLimits(golden.size(), 0, TRIAL_ANSWERS), base.quality(), base.issued(), base.expires());
        return new Offer(TRUST.signed(TrustFixture.fleet(version, release).toJson(), Role.FLEET),
                TRUST.signed(release.toJson(), Role.RELEASE));
    }

    static BlockSource source(byte[] bytes) {
        return new BlockSource() {
            @Override
            public long bytes() {
                return bytes.length;
            }

            @Override
            public int read(long position, ByteBuffer target) {
                int length = (int) Math.min(target.remaining(), bytes.length - position);
                target.put(bytes, (int) position, length);
                return length;
            }
        };
    }
}
